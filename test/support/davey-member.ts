import { DAVESession } from '@snazzah/davey';

/** davey's methods with numbers for its const enums, which no file-by-file compiler can read. */
interface Session extends Omit<DAVESession, 'decrypt' | 'processProposals'> {
  decrypt(userId: string, mediaType: number, packet: Buffer): Buffer;
  processProposals(
    operation: number,
    proposals: Buffer,
    known?: string[],
  ): { readonly commit?: Buffer; readonly welcome?: Buffer };
}

const AUDIO = 0;
/** An Opus packet of 20 ms: what everybody in these tests says. */
export const SAID = Buffer.from('78a1b2c3d4e5f60718', 'hex');

/** One member of an MLS group, on davey itself (openmls): an implementation of the protocol that is not ours. */
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

  /** Takes the body of op 27, gives that of op 28; null when there is nothing to commit. Throws davey's error. */
  proposals(body: Buffer, known?: string[]): Buffer | null {
    const { commit, welcome } = this.session.processProposals(
      body.readUInt8(0),
      body.subarray(1),
      known,
    );
    return commit === undefined ? null : Buffer.concat([commit, welcome ?? Buffer.alloc(0)]);
  }

  /** Leaves the group, with a new key package; the external sender stays. */
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

  /** What the other member's sealed `SAID` opens to; throws davey's error when it does not. */
  hears(other: DaveyMember): Buffer {
    return this.session.decrypt(other.userId, AUDIO, other.session.encryptOpus(SAID));
  }
}
