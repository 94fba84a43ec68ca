import { contextBridge, ipcRenderer } from 'electron';
import type { Bridge } from './contract/bridge.ts';
import { COMMAND_NAMES } from './contract/command-names.ts';
import { EVENT_NAMES } from './contract/events.ts';

const bridge: Bridge = {
  invoke: (name, input) => {
    if (!Object.hasOwn(COMMAND_NAMES, name)) return Promise.reject(new Error('no such command'));
    return ipcRenderer.invoke(name, input);
  },
  on: (name, listener) => {
    if (!Object.hasOwn(EVENT_NAMES, name)) throw new Error('no such event');
    // Electron's event object is not passed on: through it the page would have the whole channel.
    const pass = (_event: unknown, payload: Parameters<typeof listener>[0]): void =>
      listener(payload);
    ipcRenderer.on(name, pass);
    return () => {
      ipcRenderer.off(name, pass);
    };
  },
};

contextBridge.exposeInMainWorld('tapedeck', bridge);
