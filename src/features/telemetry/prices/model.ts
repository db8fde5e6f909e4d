import { z } from 'zod';

const usd = z.coerce.number().min(0).max(1_000_000);
const rate = usd.nullable().default(null);

/** What a client pays for a model, where that is not the public price. */
export const NewPrice = z.object({
  model: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^[^*]+\*?$/, 'A model is a name, or the beginning of names and a "*" behind it.')
    .describe('The model as spans name it, e.g. gpt-5; with a "*" behind it, every model whose name begins so.'),
  provider: z.string().trim().min(1).max(100).nullable().default(null).describe('Only calls at this provider, e.g. azure.'),
  inputUsdPerMillion: rate.describe('For a million input tokens.'),
  cachedInputUsdPerMillion: rate.describe('For those of them read from the cache; without it, like the others.'),
  cacheWriteUsdPerMillion: rate.describe('For those of them written to the cache; without it, like the others.'),
  outputUsdPerMillion: rate.describe('For a million output tokens.'),
  reasoningUsdPerMillion: rate.describe('For those of them that were thought and not said; without it, like the others.'),
  usdPerRequest: rate.describe('For each call, whatever its tokens.'),
  validFrom: z.iso
    .datetime({ offset: true })
    .default('2000-01-01T00:00:00Z')
    .describe('For calls that began at that time or later.'),
});
export type NewPrice = z.infer<typeof NewPrice>;

export const OwnPrice = NewPrice.extend({
  id: z.uuid(),
  inputUsdPerMillion: z.number().nullable(),
  cachedInputUsdPerMillion: z.number().nullable(),
  cacheWriteUsdPerMillion: z.number().nullable(),
  outputUsdPerMillion: z.number().nullable(),
  reasoningUsdPerMillion: z.number().nullable(),
  usdPerRequest: z.number().nullable(),
  validFrom: z.date(),
});
export type OwnPrice = z.infer<typeof OwnPrice>;
