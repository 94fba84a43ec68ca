import type { ExportErrorDetails, ExportErrorReason } from './export-error.ts';
import type { RenderedFile, RenderJob } from './render.ts';

/** What a worker thread is started with. */
export interface WorkerInput {
  readonly job: RenderJob;
  /** One 32-bit integer; other than 0: cancel. Shared memory, since a thread that decodes reads no messages. */
  readonly cancelled: Int32Array;
}

/** What a worker thread tells its owner; `done` or `failed` is the last message. */
export type WorkerMessage =
  | { readonly kind: 'progress'; readonly samplesDone: number }
  | { readonly kind: 'done'; readonly file: RenderedFile }
  | {
      readonly kind: 'failed';
      readonly reason: ExportErrorReason;
      readonly message: string;
      readonly details: ExportErrorDetails;
    };
