/**
 * How long requests take, by route, method and status: a histogram that counts into plain arrays. prom-client sorts and joins
 * the labels for every observation (1.2 µs); here a route finds its row by its status.
 */
import { Histogram, type Registry } from 'prom-client';

const metricName = 'http_request_duration_seconds';
const help = 'Time from the request line to the last byte of the answer.';

const boundsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

type Label = 'route' | 'method' | 'status';

interface Row {
  readonly labels: Record<Label, string>;
  /** Observations up to each bound and above the one before it; the last holds those above every bound. */
  readonly counts: number[];
  seconds: number;
}

export class HttpDurations extends Histogram<Label> {
  private readonly rows: Row[] = [];

  constructor(registry: Registry) {
    super({
      name: metricName,
      help,
      labelNames: ['route', 'method', 'status'],
      buckets: boundsSeconds,
      registers: [registry],
    });
  }

  /** The observer of one route: `(status, seconds)`. */
  route(method: string, route: string): (status: number, seconds: number) => void {
    const byStatus = new Map<number, Row>();
    return (status, seconds) => {
      let row = byStatus.get(status);
      if (row === undefined) {
        row = {
          labels: { route, method, status: String(status) },
          counts: new Array(boundsSeconds.length + 1).fill(0),
          seconds: 0,
        };
        byStatus.set(status, row);
        this.rows.push(row);
      }
      let bucket = 0;
      while (bucket < boundsSeconds.length && seconds > (boundsSeconds[bucket] ?? 0)) bucket += 1;
      row.counts[bucket] = (row.counts[bucket] ?? 0) + 1;
      row.seconds += seconds;
    };
  }

  /** What the registry asks for when it writes text; `get` asks for it too. */
  async getForPromString() {
    return {
      name: metricName,
      help,
      type: 'histogram',
      aggregator: 'sum',
      values: this.rows.flatMap((row) => this.valuesOf(row)),
    };
  }

  private valuesOf({ labels, counts, seconds }: Row) {
    let count = 0;
    const buckets = counts.map((observed, index) => {
      count += observed;
      const le = index < boundsSeconds.length ? String(boundsSeconds[index]) : '+Inf';
      return { metricName: `${metricName}_bucket`, labels: { ...labels, le }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${metricName}_sum`, labels, value: seconds },
      { metricName: `${metricName}_count`, labels, value: count },
    ];
  }
}
