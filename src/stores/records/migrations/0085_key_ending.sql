-- By what keys are told apart: their last four signs. Of keys made before, nobody knows them.
alter table api_key add column ending text check (length(ending) = 4);
alter table practice_key add column ending text check (length(ending) = 4);
