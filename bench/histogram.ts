/**
 * Latencies in buckets less than one per cent wide, from a microsecond to half an hour: counting one costs a few instructions
 * and no memory, so that measuring does not disturb what is measured.
 */

/** What a run's latencies look like, in milliseconds. */
export interface Latency {
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
}

/** Buckets to a doubling: 2^7. */
const precisionBits = 7;
const bucketsPerDoubling = 2 ** precisionBits;
const bucketCount = bucketsPerDoubling * (32 - precisionBits + 1);
const largest = 2 ** 31 - 1;

export class Histogram {
  private readonly counts = new Uint32Array(bucketCount);
  private total = 0;
  private max = 0;

  /** Counts one latency, in microseconds. */
  record(microseconds: number): void {
    const value = microseconds < largest ? microseconds | 0 : largest;
    const bucket = bucketOf(value);
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.total += 1;
    if (value > this.max) this.max = value;
  }

  get count(): number {
    return this.total;
  }

  summary(): Latency {
    return {
      p50_ms: this.percentile(0.5),
      p95_ms: this.percentile(0.95),
      p99_ms: this.percentile(0.99),
      max_ms: this.max / 1_000,
    };
  }

  /** The latency that a share of all did not exceed, in milliseconds; 0 when nothing was counted. */
  percentile(share: number): number {
    const wanted = Math.ceil(this.total * share);
    let seen = 0;
    for (const [bucket, count] of this.counts.entries()) {
      seen += count;
      if (count > 0 && seen >= wanted) return Math.min(upperEdge(bucket), this.max) / 1_000;
    }
    return 0;
  }
}

/** Below 128 every value has a bucket; from there on each doubling has 128. */
function bucketOf(value: number): number {
  if (value < bucketsPerDoubling) return value;
  const shift = 31 - Math.clz32(value) - precisionBits;
  return shift * bucketsPerDoubling + (value >>> shift);
}

function upperEdge(bucket: number): number {
  if (bucket < 2 * bucketsPerDoubling) return bucket;
  const shift = Math.floor(bucket / bucketsPerDoubling) - 1;
  return ((bucket % bucketsPerDoubling) + bucketsPerDoubling + 1) * 2 ** shift - 1;
}
