import type { DemoServer, DemoServerOptions } from '../../main/demo/start-demo-server.ts';
import { createTransportCipher } from '../../main/rtp/transport-cipher.ts';

/** One way in which a call goes wrong. Its name says nothing, so that a report can be read without knowing it. */
interface SeededFault {
  readonly name: string;
  readonly timing?: DemoServerOptions['timing'];
  readonly seed: (demo: DemoServer) => void;
}

const CLOUDFLARE_PAGE =
  '<!DOCTYPE html><html><head><title>Access denied | discord.com used Cloudflare</title></head><body>Error 1015</body></html>';

const always = Number.MAX_SAFE_INTEGER;

/** Calls `act` soon after each time the bot is in the call. */
function onceInCall(demo: DemoServer, act: () => void): void {
  demo.voice.on('session-description', () => setTimeout(act, 100).unref());
}

/** Ten calls that go wrong, in no order. */
export const SEEDED_FAULTS: readonly SeededFault[] = [
  {
    name: 'case-01',
    timing: { voiceHeartbeatMs: 400 },
    seed: (demo) => {
      demo.voice.answersHeartbeats = false;
    },
  },
  {
    name: 'case-02',
    seed: ({ rest }) => {
      rest.plan({
        method: 'GET',
        path: /gateway\/bot$/,
        times: always,
        answer: { status: 403, body: CLOUDFLARE_PAGE },
      });
    },
  },
  {
    name: 'case-03',
    seed: (demo) => {
      demo.voice.on('session-description', () => {
        for (const session of demo.voice.sessions)
          if (session.userId === demo.setting.bot.userId)
            session.cipher = createTransportCipher('aead_aes256_gcm_rtpsize', new Uint8Array(32));
      });
    },
  },
  {
    name: 'case-04',
    seed: (demo) => {
      demo.joins.request = () => {
        demo.control.closeMain(4000);
      };
    },
  },
  {
    name: 'case-05',
    seed: ({ media }) => {
      media.discoveriesToDrop = always;
    },
  },
  {
    name: 'case-06',
    seed: (demo) => {
      onceInCall(demo, () => {
        demo.control.setDeaf('deaf');
      });
    },
  },
  {
    name: 'case-07',
    seed: ({ voice }) => {
      voice.leastDaveVersion = 2;
    },
  },
  {
    name: 'case-08',
    seed: (demo) => {
      onceInCall(demo, () => {
        demo.control.closeVoice(4006);
      });
    },
  },
  {
    name: 'case-09',
    seed: (demo) => {
      onceInCall(demo, () => {
        demo.control.changeAddress();
      });
    },
  },
  {
    name: 'case-10',
    seed: ({ joins }) => {
      joins.answers = false;
    },
  },
];
