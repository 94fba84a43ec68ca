import { SCENE_NAMES } from '../../support/fake-bridge/scenes.ts';
import { mountScene } from './mount.tsx';

/** Shows the scene named in the address: `gallery.html?scene=live`; with `&play`, time passes. */
const query = new URLSearchParams(window.location.search);
const scene = SCENE_NAMES.find((name) => name === query.get('scene')) ?? 'signed-in';
const { bridge } = mountScene(scene);
if (query.has('play')) bridge.play();
