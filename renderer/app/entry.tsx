import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Bridge } from '../../preload/contract/bridge.ts';
import { connect } from '../bridge/connection.ts';
import { App } from './app.tsx';
import { ErrorBoundary } from './error-boundary.tsx';

declare global {
  interface Window {
    /** Put there by the preload. */
    readonly tapedeck: Bridge;
  }
}

/** Longest wait for the typefaces: the window is readable without them. */
const FONT_WAIT_MS = 500;

const fonts = ['400 14px "Archivo Variable"', '400 41px "B612 Mono"'];
await Promise.race([
  Promise.all(fonts.map((font) => document.fonts.load(font))).catch(() => []), // without a typeface the system's own is used
  new Promise((resolve) => setTimeout(resolve, FONT_WAIT_MS)),
]);

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root element');
createRoot(root).render(
  <StrictMode>
    <ErrorBoundary>
      <App connection={connect(window.tapedeck)} />
    </ErrorBoundary>
  </StrictMode>,
);
