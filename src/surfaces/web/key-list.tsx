import { useState } from 'react';
import { bindingsNow } from '../../ui/keys.ts';
import { Button, Dialog, Keys } from '../../ui/kit.tsx';

/** What can be pressed on this page. */
export function KeyList({ onClose }: { onClose: () => void }) {
  const [bindings] = useState(bindingsNow);
  return (
    <Dialog title="Keys" onClose={onClose}>
      <div className="dialog-body">
        <h2>Keys</h2>
        <dl className="key-list">
          {bindings.map(({ keys, does }) => (
            <div key={keys}>
              <dt>
                <Keys keys={keys} />
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
          <div>
            <dt>
              <Keys keys="Esc" />
            </dt>
            <dd>Close what is open</dd>
          </div>
        </dl>
        <div>
          <Button onClick={onClose}>Close</Button>
        </div>
      </div>
    </Dialog>
  );
}
