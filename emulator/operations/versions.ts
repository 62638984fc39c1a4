import { invalidParameter, Refusal } from '../errors.ts';
import { touch, wireTime } from '../model/world.ts';
import { checkLock, findService, type Handlers, order } from './handler.ts';
import { page } from './paging.ts';

export const versionHandlers = {
  ListServiceVersions(model, params) {
    const service = findService(model, params);
    const { variants } = model;
    const ordered = variants.on('version-order-asc') ? service.versions : service.versions.toReversed();
    const { rows, ...numbers } = page(ordered, params, variants);
    return {
      ...numbers,
      Versions: rows.map((version) => ({
        BuildTime: wireTime(version.builtAt),
        // That ImageId is the number of the version is only an inference; the variant is the other reading.
        ImageId: variants.on('version-image-id') ? 4000 + version.id * 7 : version.id,
        ImageAvailable: version.imageAvailable,
        ServiceRunnable: version.runnable,
        Message: version.message,
        ServiceConfig: JSON.stringify(version.config),
      })),
    };
  },
  UpdateServiceVersion(model, params) {
    const service = findService(model, params);
    checkLock(model, service, 'other');
    const { Version } = params;
    if (!Number.isInteger(Version) || Version < 1) {
      throw invalidParameter('Version', `${Version} is not a whole number above 0`);
    }
    // The sources disagree on the bound: at most the latest but not the current one, or smaller than the current one.
    const low = model.variants.on('version-bound-current');
    if (Version === service.currentVersion || Version > (low ? service.currentVersion : service.latestVersion)) {
      const bound = low ? `smaller than ${service.currentVersion}` : `at most ${service.latestVersion}`;
      throw invalidParameter('Version', `${Version} should be ${bound} and not the current one`);
    }
    order(model, service, () => model.lifecycle.switchVersion(service, Version));
    return { Message: `Service [${service.name}] in region [${model.region}] is starting` };
  },
  ReleaseService(model, params) {
    const service = findService(model, params);
    checkLock(model, service, 'other');
    const { Weight, TrafficState } = params;
    if (Weight === undefined && TrafficState === undefined) {
      throw new Refusal(400, 'MissingWeight', 'Weight or TrafficState is required.');
    }
    if (Weight !== undefined) {
      // Documented for the API: -1 to 1000. Between the two of a blue-green pair it is a percentage.
      const most = service.pair.length > 0 ? 100 : 1000;
      if (!Number.isInteger(Weight) || Weight < -1 || Weight > most) {
        throw invalidParameter('Weight', `${Weight} is not a whole number from -1 to ${most}`);
      }
      if (service.pair.length === 0 && service.group === '') {
        throw invalidParameter('Weight', `service [${service.name}] is in no blue-green pair and no group`);
      }
    }
    if (TrafficState !== undefined) {
      const state = TrafficState.toLowerCase();
      if (!['standalone', 'grouping', 'blue-green'].includes(state)) {
        throw invalidParameter('TrafficState', `"${TrafficState}" is neither standalone nor grouping`);
      }
      service.trafficState = state;
    }
    if (Weight !== undefined) {
      service.weight = Weight;
      for (const name of service.pair) {
        const partner = name === service.name ? undefined : model.services.get(name);
        if (!partner) continue;
        partner.weight = 100 - Math.max(0, Weight);
        touch(partner);
      }
    }
    service.updatedAt = model.timeline.now();
    touch(service);
    return {
      Message: `Releasing service [${service.name}] in region [${model.region}] with weight [${service.weight}], service status: [${service.status}]`,
    };
  },
} satisfies Handlers;
