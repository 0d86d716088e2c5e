/** The demo's clock: it begins on the morning before and is only ever moved forwards, until it is the machine's. Each moved minute is one that nobody waits for. */
import { addDays, type Clock, dateInZone, systemClock } from '#src/lib/clock.js';
import { countyPlan } from '#src/timebank/chart.js';

export class MorningClock {
  /** Of the morning, in the county's zone. */
  readonly day: string = addDays(dateInZone(systemClock(), countyPlan.zone), -1);
  private behind: number;

  /** It begins at a time of day, `08:00`. */
  constructor(time: string) {
    this.behind = systemClock() - this.at(time);
  }

  readonly now: Clock = () => systemClock() - this.behind;

  /** Moves on to a time of the morning. */
  moveTo(time: string): void {
    const ahead = this.at(time) - this.now();
    if (ahead < 0) throw new Error(`the demo's clock is past ${time}`);
    this.behind -= ahead;
  }

  /** From now on it is the machine's. */
  catchUp(): void {
    this.behind = 0;
  }

  /** A time of the morning as an instant of RFC 3339. */
  instant(time: string): string {
    return `${this.day}T${time}:00+08:00`;
  }

  private at(time: string): number {
    return Date.parse(this.instant(time));
  }
}
