import { applyTheme } from '../../ui/kept-theme.ts';

applyTheme();
