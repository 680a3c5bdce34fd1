import type { Profile } from '../generated/profile.ts';
import type { Requirement } from './headline.ts';

/** How much a feature weighs: the class profile decides, then the newest test that says it of itself; a feature that nobody weighs is on trial. */
export function requirementOf(feature: string, profile: Pick<Profile, 'features'> | undefined, declared: Requirement | undefined): Requirement {
  return profile?.features[feature] ?? declared ?? 'trial';
}
