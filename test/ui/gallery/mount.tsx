import { createRoot } from 'react-dom/client';
import { App } from '../../../renderer/app/app.tsx';
import { connect } from '../../../renderer/bridge/connection.ts';
import { FakeBridge } from '../../support/fake-bridge/fake-bridge.ts';
import type { SceneName } from '../../support/fake-bridge/scenes.ts';

export interface MountedScene {
  readonly bridge: FakeBridge;
  /** Mounts the window anew, over the same bridge. */
  readonly reload: () => void;
  readonly close: () => void;
}

/** Mounts the whole window over a fake bridge with that scene. Time stands still until `bridge.play()`. */
export function mountScene(name: SceneName): MountedScene {
  const bridge = new FakeBridge(name);
  let unmount = mount(bridge);
  return {
    bridge,
    reload: () => {
      unmount();
      unmount = mount(bridge);
    },
    close: () => {
      unmount();
      bridge.close();
    },
  };
}

/** Mounts the window; the answer unmounts it. */
function mount(bridge: FakeBridge): () => void {
  const container = document.createElement('div');
  container.id = 'root';
  document.body.replaceChildren(container);
  const connection = connect(bridge);
  const root = createRoot(container);
  root.render(<App connection={connection} />);
  return () => {
    root.unmount();
    connection.close();
    container.remove();
  };
}
