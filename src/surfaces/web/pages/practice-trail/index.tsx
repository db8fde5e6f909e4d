import { Page } from '../../../../ui/kit.tsx';
import { useCall } from '../../call.ts';
import { Trail, useBefore } from '../../trail.tsx';

/** Who did what to the practice, and who was refused at the door. */
export default function PracticeTrailPage() {
  const known = useCall('auditTrail.practice', useBefore());
  return (
    <Page title="Audit trail" verdict="Who did what to the practice, and who was refused at the door, the latest first.">
      <Trail known={known} />
    </Page>
  );
}
