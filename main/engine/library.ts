// What the engine knows of recordings on disk, for the window's side and the command line; needs no account.
export { exportRecording } from '../export/export.ts';
export { listRecordings, openRecording, recoverLibrary } from '../recording/library.ts';
export type { RecordingInfo } from '../recording/library.ts';
export { verifyRecording } from '../recording/verify.ts';
