/** What the sign-in library calls our tables, and a person in them. */
const tables = {
  user: 'person',
  session: 'session',
  account: 'sign_in',
  verification: 'verification',
  twoFactor: 'second_factor',
} as const;

const columns = {
  id: 'id',
  name: 'name',
  email: 'email',
  emailVerified: 'email_verified',
  image: 'image',
  twoFactorEnabled: 'two_factor_enabled',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  userId: 'person_id',
  token: 'token',
  expiresAt: 'expires_at',
  ipAddress: 'ip_address',
  userAgent: 'user_agent',
  accountId: 'account_id',
  providerId: 'provider_id',
  password: 'password',
  accessToken: 'access_token',
  refreshToken: 'refresh_token',
  idToken: 'id_token',
  accessTokenExpiresAt: 'access_token_expires_at',
  refreshTokenExpiresAt: 'refresh_token_expires_at',
  scope: 'scope',
  identifier: 'identifier',
  value: 'value',
  secret: 'secret',
  backupCodes: 'backup_codes',
  verified: 'verified',
  failedVerificationCount: 'failed_verification_count',
  lockedUntil: 'locked_until',
} as const;

const fields = new Map<string, string>(Object.entries(columns).map(([field, column]) => [column, field]));
const known = <T extends object>(names: T, name: string): T[keyof T] => {
  if (Object.hasOwn(names, name)) return names[name as keyof T];
  throw new Error(`The sign-in library asks for "${name}", which no migration made.`);
};

/** Names of tables and columns come from these lists alone: they are part of the SQL. */
export const tableOf = (model: string): string => known(tables, model);
export const columnOf = (field: string): string => known(columns, field);

/** A row by the library's names. */
export const fromRow = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).flatMap(([column, value]) => (fields.has(column) ? [[fields.get(column), value]] : [])));
