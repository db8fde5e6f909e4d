import { Component, type ReactNode } from 'react';
import { Button, Empty, Page } from '../../ui/kit.tsx';

/** A page that fails does not take the frame with it. A script that is gone means that Steward was updated meanwhile. */
export class Boundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError = () => ({ failed: true });

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Page title="This page failed">
        <Empty title="Steward may have been updated since the page was opened, or this is a bug.">
          <Button look="main" onClick={() => location.reload()}>
            Load it again
          </Button>
        </Empty>
      </Page>
    );
  }
}
