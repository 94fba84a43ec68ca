import { Menu } from 'electron';
import { text } from '../../preload/contract/messages/text.ts';

/**
 * The window's menu, in place of Electron's, whose Reload takes Ctrl+R and Ctrl+Shift+R, here Record and Stop. Keeps
 * Edit (without it macOS cannot copy or paste), zoom, full screen and closing.
 */
export function setMenu(): void {
  const isMac = process.platform === 'darwin';
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      isMac ? { role: 'appMenu' } : { role: 'fileMenu' },
      { role: 'editMenu' },
      {
        label: text('menu.view'),
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
