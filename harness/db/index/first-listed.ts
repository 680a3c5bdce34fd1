/** Numbers of models that only public lists know begin behind those of any device of ours. */
export const firstListed = 1_000_000_000;
