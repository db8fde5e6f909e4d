import { Page } from '../../../../ui/kit.tsx';
import { useCall } from '../../call.ts';
import type { ClientPageProps } from '../../pages.ts';
import { Trail, useBefore } from '../../trail.tsx';

/** Who did what to a client. */
export default function AuditTrailPage({ client }: ClientPageProps) {
  const known = useCall('auditTrail.list', { client: client.id, ...useBefore() });
  return (
    <Page title="Audit trail" verdict={`Who did what to ${client.name}, the latest first.`}>
      <Trail known={known} />
    </Page>
  );
}
