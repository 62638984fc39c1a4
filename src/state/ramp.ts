import type { Service } from '../api/services.ts';
import { duration } from '../lib/units.ts';
import type { Api, Screen } from '../screens/define.ts';
import type { Clock } from './clock.ts';
import { say } from './messages.ts';
import type { Feed } from './poller.ts';
import { baselineOf, idOf, judge, type Look, lookAt } from './ramp-health.ts';
import { rampPage } from './ramp-page.ts';
import type { Owner, PlanStore, RampPlan, RampStep } from './ramp-plan.ts';
import type { Outcome, Runner } from './runner.ts';
import type { Store } from './store.ts';

export interface RampOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly client: Api;
  readonly runner: Pick<Runner, 'perform'>;
  readonly screens: readonly Screen[];
  readonly plans: PlanStore;
  readonly owner: Owner;
  /** Whether the process of another owner is alive: then the plan is its. */
  isAlive(owner: Owner): boolean;
  /** Looks again at what has to be polled. */
  sync(): void;
  /** Rings when a ramp has ended. */
  bell(): void;
  readonly refreshMs: number;
}

/** The plan on the disk is another program's. */
class TakenOver extends Error {}

/** What is asked for when a ramp begins. */
export interface RampRequest {
  readonly fresh: Service;
  readonly entry: Service;
  readonly steps: readonly RampStep[];
}

/** A ramp of this run of the program, with what only the run knows. */
interface Live {
  plan: RampPlan;
  /** How long the service was seen well at the present step, milliseconds. Not kept on disk: holding begins anew. */
  heldMs: number;
  /** When it was last seen well in an unbroken row of looks. */
  wellAt: number | undefined;
  /** The weight the service said it has when it was last looked at. */
  weight: number | undefined;
  said: string;
  /** Something is being sent: nothing else is done meanwhile. */
  busy: boolean;
  readonly watch: number;
}

/** The shortest time between two looks, milliseconds: each is several requests. */
const shortest = 3_000;
/** A longer time between two looks is not counted as having been well, milliseconds. */
const longestGap = 15_000;

/**
 * Raises the weight of a new service step by step. Goes on only after a look that was just taken and is well; stops by
 * itself on trouble; a lost connection only makes it wait. Its plan is on the disk before anything is sent.
 */
export function createRamps(options: RampOptions) {
  const { store, clock, client, runner, screens, plans, owner, sync, bell, refreshMs } = options;
  const lives = new Map<string, Live>();
  let nextWatch = -1;

  const screen = (): Screen => {
    const found = screens.find(({ id }) => id === 'services');
    if (!found) throw new Error('there is no screen of services');
    return found;
  };

  /** Shows what is so: in the page, and as a strip while it runs. */
  const show = (live: Live): void => {
    const { plan, heldMs, weight, said } = live;
    const id = `ramp:${plan.service}`;
    store.setState(({ pages, watches }) => {
      const others = watches.filter((watch) => watch.id !== live.watch);
      const step = plan.steps[plan.at];
      const strip = {
        id: live.watch,
        screen: 'services',
        scope: {},
        rowId: plan.serviceId,
        title: `ramp ${plan.service} ${step?.weight ?? '?'}%`,
        said: plan.state === 'running' ? said : `${plan.state} · :ramp ${plan.service}`,
        startedAt: plan.startedAt,
        endsAt: Number.POSITIVE_INFINITY,
      };
      const open = plan.state === 'running' || plan.state === 'paused' || plan.state === 'stopped';
      return {
        watches: open ? [...others, strip] : others,
        pages: { ...pages, [id]: rampPage(plan, { heldMs, weight, said }, { ...steering, store }) },
      };
    });
  };

  const change = (live: Live, patch: Partial<RampPlan>): void => {
    live.plan = { ...live.plan, ...patch };
    show(live);
  };

  /** Rejects when the plan is another program's now; one that has ended may be followed. */
  const mine = async (plan: RampPlan, following = false): Promise<void> => {
    const kept = (await plans.load()).plans.find((one) => sameRamp(one, plan))?.owner;
    if (kept && !isOwner(kept, owner) && !(following && !options.isAlive(kept)))
      throw new TakenOver(`another eas-tui (process ${kept.pid} on ${kept.host}) took the ramp over`);
  };

  const stop = async (live: Live, why: unknown): Promise<void> => {
    const reason = typeof why === 'string' ? why : inWords(why);
    live.said = reason;
    change(live, { state: 'stopped', reason });
    const { service, steps, at } = live.plan;
    say(
      store,
      clock.now(),
      'bad',
      `ramp of ${service} stopped at ${steps[at]?.weight ?? '?'}%: ${reason} · :ramp ${service} shows it, b rolls back, r goes on`,
    );
    bell();
    sync();
    // What is another program's must not be written over.
    if (why instanceof TakenOver) return;
    await plans.save(live.plan).catch((error: unknown) => {
      say(store, clock.now(), 'warn', `the plan of the ramp of ${service} cannot be kept: ${inWords(error)}`);
    });
  };

  const perform = async (row: Service, weight: number): Promise<{ outcome: Outcome; why: string }> => {
    const action = screen().actions?.find(({ id }) => id === 'weight');
    if (!action) throw new Error('services have no weight');
    const barred = action.guard?.(row);
    if (barred !== undefined) return { outcome: 'refused', why: barred };
    const [outcome = 'refused'] = await runner.perform(screen(), {}, action, [{ row, input: weight }]);
    return { outcome, why: store.getState().messages.at(-1)?.text ?? '' };
  };

  const send = async (live: Live, at: number, row: Service): Promise<void> => {
    const step = live.plan.steps[at];
    if (!step || live.busy) return;
    live.busy = true;
    try {
      live.heldMs = 0;
      live.wellAt = undefined;
      live.said = 'being sent';
      await mine(live.plan);
      // On the disk first: whoever finds the plan knows that this step may have been sent.
      change(live, { at, phase: 'sending', since: clock.now() });
      await plans.save(live.plan);
      const { outcome, why } = await perform(row, step.weight);
      if (outcome === 'refused') return await stop(live, why);
      live.said = outcome === 'accepted' ? 'accepted' : 'no answer came: the weight will tell';
      change(live, { phase: 'settling', since: clock.now() });
      await plans.save(live.plan);
    } catch (error) {
      await stop(live, error);
    } finally {
      live.busy = false;
      sync();
    }
  };

  const end = async (live: Live, state: 'done' | 'rolled back', text: string): Promise<void> => {
    live.said = text;
    change(live, { state, reason: undefined });
    say(store, clock.now(), 'ok', text);
    bell();
    sync();
    await plans.drop(live.plan).catch((error: unknown) => {
      say(
        store,
        clock.now(),
        'warn',
        `the plan of the ramp of ${live.plan.service} cannot be removed: ${inWords(error)}`,
      );
    });
  };

  const check = async (live: Live, signal: AbortSignal): Promise<void> => {
    const look = await lookAt(client, live.plan, signal);
    if (signal.aborted || live.busy || live.plan.state !== 'running') return;
    live.weight = look.fresh?.weight;
    const now = clock.now();
    const verdict = judge(live.plan, look, now);
    if (verdict.kind === 'trouble') return stop(live, verdict.why);
    if (verdict.kind === 'wait') {
      live.wellAt = undefined;
      live.said = `waits: ${verdict.why}`;
      return show(live);
    }
    const { steps, at, service, startedAt } = live.plan;
    const step = steps[at];
    if (!step || !look.fresh) return;
    if (live.plan.phase !== 'holding') {
      change(live, { phase: 'holding', since: now });
      live.wellAt = now;
      await plans.save(live.plan).catch((error: unknown) => stop(live, `its plan cannot be kept: ${inWords(error)}`));
    } else {
      const gap = live.wellAt === undefined ? 0 : now - live.wellAt;
      if (gap <= Math.max(longestGap, 3 * refreshMs)) live.heldMs += gap;
      live.wellAt = now;
    }
    if (live.plan.state !== 'running') return;
    live.said = `well for ${duration(live.heldMs)} of ${duration(step.holdMs)}`;
    if (live.heldMs < step.holdMs) return show(live);
    if (at + 1 < steps.length) return send(live, at + 1, look.fresh);
    return end(live, 'done', `ramp of ${service} done: ${step.weight}% after ${duration(now - startedAt)}`);
  };

  const named = (service: string): Live | undefined => lives.get(service);

  const register = (plan: RampPlan, said: string, weight: number | undefined): Live => {
    const live: Live = { plan, heldMs: 0, wellAt: undefined, weight, said, busy: false, watch: nextWatch-- };
    const old = lives.get(plan.service);
    if (old) store.setState(({ watches }) => ({ watches: watches.filter(({ id }) => id !== old.watch) }));
    lives.set(plan.service, live);
    show(live);
    return live;
  };

  /** What a look has to show before anything is sent; throws with what is wrong. */
  const wholeLook = async (plan: Pick<RampPlan, 'service' | 'entry' | 'startedAt'>, ids: readonly string[]) => {
    const look = await lookAt(client, plan, new AbortController().signal);
    const { fresh, entry } = look;
    if (!fresh || idOf(fresh) !== ids[0]) throw new Error(`${plan.service} is gone, or another bears its name now`);
    if (!entry || idOf(entry) !== ids[1]) throw new Error(`${plan.entry} is gone, or another bears its name now`);
    return { ...look, fresh, entry } satisfies Look;
  };

  const readOnly = (): string | undefined =>
    store.getState().session.readOnly ? 'read-only: a ramp would send ReleaseService' : undefined;

  const steering = {
    pause(service: string): string | undefined {
      const live = named(service);
      if (live?.plan.state !== 'running') return `no ramp of ${service} is running`;
      live.said = 'nothing is sent, the weight stays';
      change(live, { state: 'paused' });
      sync();
      void plans.save(live.plan).catch((error: unknown) => stop(live, `its plan cannot be kept: ${inWords(error)}`));
      return undefined;
    },

    /** Goes on from the step under way; what is so now counts as well. */
    async resume(service: string): Promise<string | undefined> {
      const live = named(service);
      if (!live || live.busy || (live.plan.state !== 'paused' && live.plan.state !== 'stopped'))
        return `no ramp of ${service} is waiting to go on`;
      const refused = readOnly();
      if (refused !== undefined) return refused;
      live.busy = true;
      let again: Service | undefined;
      try {
        const { plan } = live;
        await mine(plan, true);
        const look = await wholeLook(plan, [plan.serviceId, plan.entryId]);
        const target = plan.steps[plan.at]?.weight;
        const before = plan.at === 0 ? plan.from : plan.steps[plan.at - 1]?.weight;
        const { weight } = look.fresh;
        live.weight = weight;
        if (weight !== target && weight !== before)
          return `the weight of ${service} is ${weight ?? 'not known'}%, neither ${before}% nor ${target}%: roll back or start another ramp`;
        live.heldMs = 0;
        live.wellAt = undefined;
        live.said = 'goes on';
        const phase = weight === target ? 'holding' : 'sending';
        const next: RampPlan = {
          ...plan,
          state: 'running',
          reason: undefined,
          phase,
          since: clock.now(),
          baseline: baselineOf(look),
          owner,
        };
        await plans.save(next);
        change(live, next);
        if (phase === 'sending') again = look.fresh;
      } catch (error) {
        return inWords(error);
      } finally {
        live.busy = false;
      }
      if (again) await send(live, live.plan.at, again);
      sync();
      return undefined;
    },

    /** Sets the weight the ramp began with. */
    async rollback(service: string): Promise<string | undefined> {
      const live = named(service);
      if (!live || live.plan.state === 'rolled back') return `there is no ramp of ${service} to roll back`;
      if (live.busy) return `the ramp of ${service} is just sending; try again`;
      const refused = readOnly();
      if (refused !== undefined) return refused;
      live.busy = true;
      try {
        const { plan } = live;
        // First of all it must not go on by itself, whatever becomes of the rest.
        if (plan.state === 'running') change(live, { state: 'paused' });
        await mine(plan, true);
        const look = await lookAt(client, plan, new AbortController().signal);
        if (!look.fresh || idOf(look.fresh) !== plan.serviceId)
          throw new Error(`${service} is gone, or another bears its name now`);
        live.weight = look.fresh.weight;
        const { outcome, why } = await perform(look.fresh, plan.from);
        if (outcome === 'refused') throw new Error(why);
        await end(live, 'rolled back', `ramp of ${service} rolled back to ${plan.from}%`);
        return undefined;
      } catch (error) {
        await stop(live, error instanceof TakenOver ? error : `not rolled back: ${inWords(error)}`);
        return undefined;
      } finally {
        live.busy = false;
      }
    },

    /** Replaces the steps that are still to come. A text says what is wrong. */
    edit(service: string, steps: readonly RampStep[]): string | undefined {
      const live = named(service);
      if (!live || live.busy || live.plan.state === 'done' || live.plan.state === 'rolled back')
        return `the steps of ${service} cannot be changed now`;
      const present = live.plan.steps[live.plan.at];
      const wrong = steps.find(({ weight }) => weight <= (present?.weight ?? 0));
      if (wrong) return `step ${wrong.weight} does not rise above the present ${present?.weight ?? '?'}%`;
      change(live, { steps: [...live.plan.steps.slice(0, live.plan.at + 1), ...steps] });
      void plans.save(live.plan).catch((error: unknown) => stop(live, `its plan cannot be kept: ${inWords(error)}`));
      return undefined;
    },
  };

  return {
    ...steering,

    /** Begins a ramp: looks, keeps the plan, sends the first step. Answers what is wrong. */
    async start({ fresh, entry, steps }: RampRequest): Promise<string | undefined> {
      const service = fresh.serviceName;
      const refused = readOnly();
      if (refused !== undefined) return refused;
      const old = named(service);
      if (old?.busy || (old && ['running', 'paused'].includes(old.plan.state)))
        return `a ramp of ${service} is ${old.plan.state}: :ramp ${service} shows it`;
      const from = fresh.weight ?? -1;
      if (from < 0 || from > 100) return `the weight of ${service} is not known: nothing to go back to`;
      const startedAt = clock.now();
      let look: Awaited<ReturnType<typeof wholeLook>>;
      let plan: RampPlan;
      try {
        look = await wholeLook({ service, entry: entry.serviceName, startedAt }, [idOf(fresh), idOf(entry)]);
        if (look.fresh.weight !== from) return `the weight of ${service} changed meanwhile; look again`;
        plan = {
          v: 1,
          region: client.region,
          endpoint: client.endpoint,
          service,
          serviceId: idOf(fresh),
          entry: entry.serviceName,
          entryId: idOf(entry),
          steps,
          from,
          at: 0,
          phase: 'sending',
          since: startedAt,
          startedAt,
          state: 'running',
          baseline: baselineOf(look),
          owner,
        };
        const verdict = judge({ ...plan, phase: 'settling' }, look, startedAt);
        if (verdict.kind === 'trouble') return `not begun: ${verdict.why}`;
        await mine(plan, true);
        await plans.save(plan);
      } catch (error) {
        return `not begun: ${inWords(error)}`;
      }
      await send(register(plan, 'begins', from), 0, look.fresh);
      return undefined;
    },

    has: (service: string): boolean => lives.has(service),

    /** The ramps of this run, the latest last. */
    list: (): readonly RampPlan[] => [...lives.values()].map(({ plan }) => plan),

    /** What an earlier run of the program left: taken in, at rest until somebody says to go on. */
    async load(): Promise<readonly RampPlan[]> {
      const { plans: kept, broken } = await plans.load();
      for (const text of broken) say(store, clock.now(), 'warn', `a ramp plan cannot be read: ${text}`);
      const left: RampPlan[] = [];
      for (const plan of kept) {
        if (plan.region !== client.region || plan.endpoint !== client.endpoint) continue;
        if (plan.state === 'done' || plan.state === 'rolled back') continue;
        if (!isOwner(plan.owner, owner) && options.isAlive(plan.owner)) {
          say(
            store,
            clock.now(),
            'dim',
            `the ramp of ${plan.service} is run by another eas-tui, process ${plan.owner.pid}`,
          );
          continue;
        }
        // Which of the two an earlier run was in makes no difference: nobody watched since.
        const state = plan.state === 'running' ? 'paused' : plan.state;
        left.push(register({ ...plan, state, owner }, plan.reason ?? 'interrupted: eas-tui was ended', undefined).plan);
      }
      return left;
    },

    /** The ramps that are watched, for the poller. */
    feeds(): Feed[] {
      return [...lives.values()]
        .filter(({ plan }) => plan.state === 'running')
        .map((live) => ({
          key: `ramp:${live.plan.service}`,
          every: () => Math.max(refreshMs, shortest),
          read: (signal) => check(live, signal),
          failed: (error, { retryAt }) => {
            live.wellAt = undefined;
            live.said = `waits: cannot be seen: ${inWords(error)}; looks again in ${duration(retryAt - clock.now())}`;
            show(live);
          },
        }));
    },
  };
}

export type Ramps = ReturnType<typeof createRamps>;

const isOwner = (one: Owner, other: Owner): boolean => one.host === other.host && one.pid === other.pid;

const sameRamp = (one: RampPlan, other: RampPlan): boolean =>
  one.service === other.service && one.region === other.region && one.endpoint === other.endpoint;

const inWords = (error: unknown): string => (error instanceof Error ? error.message : String(error));
