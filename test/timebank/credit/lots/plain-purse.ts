/**
 * Points with an age, told as plainly as can be: every single point is the day that is its last. It knows no lot, no account and no entry, and
 * nobody tidies up.
 */

/** The last day of a point that is earned on a day: the end of that month, three years on. */
export function lastDayOf(day: string): string {
  const [year, month] = day.split('-').map(Number) as [number, number];
  const last = new Date(Date.UTC(year + 3, month, 0));
  return last.toISOString().slice(0, 10);
}

export class PlainPurse {
  /** The points that are there, each by its last day, in order. */
  points: string[] = [];
  /** The points that expired. */
  expired: string[] = [];
  owed = 0;

  expire(today: string): void {
    this.expired = [...this.expired, ...this.points.filter((day) => day < today)].sort();
    this.points = this.points.filter((day) => day >= today);
  }

  put(points: readonly string[]): void {
    this.points = [...this.points, ...points].sort();
  }

  /** Takes what is used on a day, what was over by today too if it was not on that day; null if there is not as much. */
  use(count: number, day: string, today: string): string[] | null {
    this.expire(today);
    const late = this.expired.filter((one) => one >= day).slice(0, count);
    if (late.length + this.points.length < count) return null;
    this.expired = without(this.expired, late);
    return [...late, ...this.points.splice(0, count - late.length)];
  }

  /** What comes back repays what is owed first, with what expires first. */
  giveBack(points: readonly string[], today: string): void {
    const repaid = Math.min(this.owed, points.length);
    this.owed -= repaid;
    this.put(points.slice(repaid));
    this.expire(today);
  }

  /** Takes points back that had come with one last day: these if they are there or expired, then what expires first, then they are owed. */
  takeBack(count: number, lastDay: string, today: string): void {
    this.expire(today);
    for (let left = count; left > 0; left--) {
      const [of, at] = [this.expired, this.points]
        .map((all) => [all, all.indexOf(lastDay)] as const)
        .find(([, i]) => i >= 0) ?? [this.points, 0];
      if (of.length > 0) of.splice(at, 1);
      else this.owed += 1;
    }
  }
}

function without(all: readonly string[], some: readonly string[]): string[] {
  const left = [...all];
  for (const one of some) left.splice(left.indexOf(one), 1);
  return left;
}

/** How many of each last day. */
export function counted(points: readonly string[]): Record<string, string> {
  const counts: Record<string, string> = {};
  for (const day of [...points].sort()) counts[day] = String(Number(counts[day] ?? 0) + 1);
  return counts;
}
