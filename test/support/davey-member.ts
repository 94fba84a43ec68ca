import { DAVESession } from '@snazzah/davey';

/** davey's enums are const enums, which nothing that compiles file by file can use: the same methods over numbers. */
interface Session extends Omit<DAVESession, 'decrypt' | 'processProposals'> {
  decrypt(userId: string, mediaType: number, packet: Buffer): Buffer;
  processProposals(
    operation: number,
    proposals: Buffer,
    known?: string[],
  ): { readonly commit?: Buffer; readonly welcome?: Buffer };
}

const AUDIO = 0;
/** A packet as anybody may say it. */
export const SAID = Buffer.from('78a1b2c3d4e5f60718', 'hex');

/** One member of an MLS group: davey itself, with openmls in it. Nobody here wrote its idea of the bytes. */
export class DaveyMember {
  readonly userId: string;
  readonly session: Session;
  /** Body of op 26. */
  keyPackage: Buffer;
  readonly #channelId: string;

  constructor(userId: string, channelId: string) {
    this.userId = userId;
    this.#channelId = channelId;
    this.session = new DAVESession(1, userId, channelId);
    this.keyPackage = this.session.getSerializedKeyPackage();
  }

  /** Body of op 27 in, body of op 28 out; null: nothing to commit. Throws davey's error. */
  proposals(body: Buffer, known?: string[]): Buffer | null {
    const { commit, welcome } = this.session.processProposals(
      body.readUInt8(0),
      body.subarray(1),
      known,
    );
    return commit === undefined ? null : Buffer.concat([commit, welcome ?? Buffer.alloc(0)]);
  }

  /** Pending again, with a new key package; the external sender is remembered. */
  startOver(): void {
    this.session.reinit(1, this.userId, this.#channelId);
    this.keyPackage = this.session.getSerializedKeyPackage();
  }

  /** The Opus packet of somebody's frame; null when davey refuses it. */
  open(userId: string, frame: Buffer): Buffer | null {
    try {
      return this.session.decrypt(userId, AUDIO, frame);
    } catch {
      return null;
    }
  }

  /** What the other one's `SAID` opens to; throws davey's error when it does not. */
  hears(other: DaveyMember): Buffer {
    return this.session.decrypt(other.userId, AUDIO, other.session.encryptOpus(SAID));
  }
}
