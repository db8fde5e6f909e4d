import { askAgain, forgetAnswers } from '../../ui/answers.ts';
import { post, read, Refusal } from '../../ui/api.ts';
import { go } from '../../ui/router.tsx';
import { ownAddress } from './own-address.ts';

/** Coming in and going out: the paths below /api/auth. The session is a cookie that no script can read. */

interface Person {
  readonly person: { readonly id: string; readonly name: string; readonly email: string };
}
export interface Invitation {
  readonly email: string;
  readonly role: string;
  readonly client: { readonly id: string; readonly name: string } | null;
  readonly hasAccount: boolean;
}

interface Asked {
  welcome: [{ token: string; name: string; email: string; password: string }, Person];
  'welcome/show': [{ token: string }, unknown];
  'invitation/show': [{ token: string }, Invitation];
  'invitation/accept': [{ token: string; name?: string; password?: string }, Person];
  'sign-in/email': [{ email: string; password: string }, { twoFactorRedirect?: boolean }];
  'sign-in/social': [{ provider: 'sso'; callbackURL: string; errorCallbackURL: string }, { url?: string }];
  'two-factor/verify-totp': [{ code: string }, unknown];
  'two-factor/verify-backup-code': [{ code: string }, unknown];
  'two-factor/enable': [{ password: string }, { totpURI: string; backupCodes: string[] }];
  'two-factor/generate-backup-codes': [{ password: string }, { backupCodes: string[] }];
  'two-factor/disable': [{ password: string }, unknown];
  'change-password': [{ currentPassword: string; newPassword: string; revokeOtherSessions: boolean }, unknown];
  'update-user': [{ name: string }, unknown];
  'revoke-other-sessions': [Record<string, never>, unknown];
  'sign-out': [Record<string, never>, unknown];
}

export const auth = <Path extends keyof Asked>(path: Path, body: Asked[Path][0]): Promise<Asked[Path][1]> =>
  post(`/api/auth/${path}`, body);

/** How one may come in: by a provider of single sign-on only where one is set. */
export const waysIn = () => read('/api/auth/ways') as Promise<{ sso: { name: string } | null }>;

/** Why the sign-in library refused, in its own word. */
export const reasonOf = (error: unknown) =>
  error instanceof Refusal ? (error.details as { reason?: string } | undefined)?.reason : undefined;

/** Somebody was let in: whatever was known belongs to somebody else. */
export async function enter(next: string | null): Promise<void> {
  forgetAnswers();
  go(ownAddress(next, location.origin), { replace: true });
  await askAgain('session.show');
}

/** Goes to the provider of single sign-on, which sends the browser back to where it was going. */
export async function enterByProvider(next: string | null): Promise<void> {
  const callbackURL = ownAddress(next, location.origin);
  const { url } = await auth('sign-in/social', { provider: 'sso', callbackURL, errorCallbackURL: '/sign-in' });
  if (url && /^https?:/.test(url)) location.assign(url);
}

export async function leave(): Promise<void> {
  await auth('sign-out', {});
  go('/sign-in');
  forgetAnswers();
}

/** A link that is opened without its token, as a mail program cuts it. */
export const cutLink = 'This page is opened by a link, and its address lacks the end of it. Copy the whole link.';
