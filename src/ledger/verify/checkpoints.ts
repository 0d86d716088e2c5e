/**
 * Saved checkpoints: what somebody kept of the log outside this database. The tree of the first so many leaves must still have
 * the root that was signed then; whoever rewrote history, hashes and all, cannot make it so.
 */
import { explain } from '../../db/connect.js';
import type { Words } from '../../lib/language.js';
import { type Checkpoint, type NoteVerifier, openNote, parseCheckpoint } from '../log/checkpoint.js';
import type { Frontier } from '../log/merkle.js';
import type { Findings } from './findings.js';

export interface SavedCheckpoints {
  readonly notes: readonly { readonly name: string; readonly note: string }[];
  /** The keys trusted to sign for the log; any one will do. */
  readonly keys: readonly NoteVerifier[];
}

/** What became of one saved checkpoint. Origin and size are known only of one that was signed. */
export interface CheckpointResult {
  readonly name: string;
  readonly origin: string | null;
  readonly tree_size: string | null;
  readonly agrees: boolean;
}

interface Signed {
  readonly name: string;
  readonly checkpoint: Checkpoint;
}

export class CheckpointCheck {
  readonly results: CheckpointResult[] = [];
  /** Not compared yet, the largest first. */
  private readonly waiting: Signed[] = [];
  private nextSize = Number.POSITIVE_INFINITY;

  constructor(
    /** Of the ledger's log, as its first entry has it. */
    private readonly origin: string,
    { notes, keys }: SavedCheckpoints,
    private readonly findings: Findings,
  ) {
    for (const { name, note } of notes) this.open(name, note, keys);
    this.waiting.sort((a, b) => Number(b.checkpoint.size - a.checkpoint.size));
    this.awaitNext();
  }

  /** Compares the checkpoints of the tree that has grown to this many leaves. Costs nothing when there is none. */
  grown(leaves: number, frontier: Frontier): void {
    if (leaves < this.nextSize) return;
    for (let next = this.waiting.at(-1); next?.checkpoint.size === frontier.size; next = this.waiting.at(-1)) {
      this.waiting.pop();
      const agrees = next.checkpoint.root.equals(frontier.root());
      if (!agrees)
        this.tell(next.name, {
          en: `history was rewritten: the first ${leaves} entries are not those that were signed`,
          zh: `历史被改写：前 ${leaves} 张凭证与签名时不同`,
        });
      this.note(next, agrees);
    }
    this.awaitNext();
  }

  /** Those still waiting are of a larger tree than there is. */
  end(leaves: number): void {
    for (const saved of this.waiting.splice(0).reverse()) {
      this.tell(saved.name, {
        en: `the log was cut: ${saved.checkpoint.size} entries were signed, ${leaves} are there`,
        zh: `日志被截断：签名时有 ${saved.checkpoint.size} 张凭证，现有 ${leaves} 张`,
      });
      this.note(saved, false);
    }
  }

  private awaitNext(): void {
    this.nextSize = Number(this.waiting.at(-1)?.checkpoint.size ?? Number.POSITIVE_INFINITY);
  }

  private open(name: string, note: string, keys: readonly NoteVerifier[]): void {
    try {
      const { text, signers } = openNote(note, keys);
      const checkpoint = parseCheckpoint(text);
      const { origin } = checkpoint;
      const signed = { name, checkpoint };
      if (!signers.some((signer) => signer.name === origin)) {
        this.tell(name, {
          en: `it speaks for log "${origin}", and none of its trusted signatures is by that log`,
          zh: `检查点属于日志“${origin}”，但没有该日志的可信签名`,
        });
        this.note(signed, false);
      } else if (origin !== this.origin) {
        this.tell(name, {
          en: `it is of another ledger: its log is "${origin}"`,
          zh: `不属于本账本：其日志为“${origin}”`,
        });
        this.note(signed, false);
      } else this.waiting.push(signed);
    } catch (error) {
      this.tell(name, explain(error));
      this.results.push({ name, origin: null, tree_size: null, agrees: false });
    }
  }

  private note({ name, checkpoint }: Signed, agrees: boolean): void {
    this.results.push({ name, origin: checkpoint.origin, tree_size: String(checkpoint.size), agrees });
  }

  private tell(name: string, detail: Words): void {
    this.findings.add('checkpoint', name, detail);
  }
}
