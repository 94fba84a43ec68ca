import { Menu } from 'electron';

/**
 * The window's menu. Electron's own has Reload on Ctrl+R and Ctrl+Shift+R, which are Record and Stop here; what it has
 * of use stays: editing (macOS copies and pastes by it alone), zoom, full screen, closing.
 */
export function setMenu(): void {
  const isMac = process.platform === 'darwin';
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      isMac ? { role: 'appMenu' } : { role: 'fileMenu' },
      { role: 'editMenu' },
      {
        label: 'View',
        submenu: [
          ...(['resetZoom', 'zoomIn', 'zoomOut'] as const).map((role) => ({ role })),
          { type: 'separator' },
          { role: 'togglefullscreen' },
        ],
      },
      { role: 'windowMenu' },
    ]),
  );
}
