import type { Context } from '../../../platform/context.ts';

/** Where people reach this server, as far as the settings say. */
export const addressOf = ({ config }: Pick<Context, 'config'>) => config.publicUrl ?? `http://127.0.0.1:${config.listen.port}`;
