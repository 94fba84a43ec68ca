import { Component, type ReactNode } from 'react';
import { EmptyState } from '../ui/empty-state.tsx';
import { text } from '../ui/text.tsx';

/** Shown in place of a window that failed to render; the recording goes on in main. */
export class ErrorBoundary extends Component<
  { readonly children: ReactNode },
  { readonly failed: boolean }
> {
  override state = { failed: false };

  static getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <main style={{ display: 'flex', height: '100%' }}>
        <EmptyState
          sentence={text('app.fault')}
          action={text('app.reload')}
          onAction={() => {
            window.location.reload();
          }}
        />
      </main>
    );
  }
}
