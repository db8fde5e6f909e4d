import { Empty, Page } from '../../../../ui/kit.tsx';
import type { ClientPageProps } from '../../pages.ts';

/** Where a reviewer begins. */
export default function ReviewsPage({ client }: ClientPageProps) {
  return (
    <Page title="Reviews">
      <Empty
        title={`Nothing of ${client.name} waits for your review: Steward has no review queues yet, and they will appear here.`}
      />
    </Page>
  );
}
