/** The demo's clocks: each is only ever moved forwards, over time that nobody waits for. */
import { addDays, type Clock, dateInZone, systemClock } from '#src/lib/clock.js';
import { countyPlan } from '#src/timebank/chart.js';

/** Today in the county's zone. */
export const today = (): string => dateInZone(systemClock(), countyPlan.zone);

/** An instant of RFC 3339 in the county's zone. */
export const instantOf = (day: string, time: string): string => `${day}T${time}:00+08:00`;

/** A clock that goes on from wherever it was moved to. */
export class DemoClock {
  private behind: number;

  constructor(day: string, time: string) {
    this.behind = systemClock() - Date.parse(instantOf(day, time));
  }

  readonly now: Clock = () => systemClock() - this.behind;

  moveTo(day: string, time: string): void {
    const ahead = Date.parse(instantOf(day, time)) - this.now();
    if (ahead < 0) throw new Error(`the demo's clock is past ${day} ${time}`);
    this.behind -= ahead;
  }

  /** From now on it is the machine's. */
  catchUp(): void {
    this.behind = 0;
  }
}

/** The clock of the morning before, until it is the machine's. */
export class MorningClock {
  readonly day: string = addDays(today(), -1);
  private readonly clock: DemoClock;

  /** It begins at a time of day, `08:00`. */
  constructor(time: string) {
    this.clock = new DemoClock(this.day, time);
  }

  readonly now: Clock = () => this.clock.now();

  /** Moves on to a time of the morning. */
  moveTo(time: string): void {
    this.clock.moveTo(this.day, time);
  }

  catchUp(): void {
    this.clock.catchUp();
  }

  /** A time of the morning as an instant of RFC 3339. */
  instant(time: string): string {
    return instantOf(this.day, time);
  }
}
