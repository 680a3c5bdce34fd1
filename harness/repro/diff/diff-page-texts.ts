export type SectionId = 'tests' | 'cells' | 'environment' | 'packages' | 'kernelConfiguration' | 'modules' | 'moduleAliases' | 'udevRules' | 'services' | 'kernelLog' | 'wire' | 'measures';

/** Every word of the page of a comparison that is ours. */
export const diffTexts = {
  en: {
    kind: { result: 'Two results', night: 'Two nights', image: 'Two images' },
    section: { tests: 'Tests', cells: 'Cells on one side only', environment: 'Where it ran', packages: 'Packages', kernelConfiguration: 'Kernel configuration', modules: 'Kernel modules', moduleAliases: 'Device aliases of modules', udevRules: 'udev rules', services: 'Services', kernelLog: 'Kernel log, kinds of lines', wire: 'On the cable, request by request', measures: 'Measurements that moved' } satisfies Record<SectionId, string>,
    absent: { 'no-log': 'The kernel log is not there on both sides.', 'no-wire': 'The traces of the cable are not there on both sides.', 'no-images': 'The two ran on different images, and not both are here any more: services, udev rules, modules and kernel configuration are not compared.' },
    more: (count: number) => `${count} more`,
    quiet: (count: number) => `${count} that hardly moved`,
    left: (count: number) => `${count} more are left out here; --json has them all`,
    same: (count: number) => `${count} the same`,
    parts: (same: number, differing: number) => `${same} things on the cable are the same, then they part; ${differing} differ.`,
    cut: 'They could not be aligned to their end.',
    otherSeed: 'The two had different seeds: contents that a test draws (pages, bytes to a board) differ by that alone. ./hwlab repro runs one again with its own seed.',
    cells: (count: number) => `${count} ${count === 1 ? 'cell' : 'cells'}`,
    nothing: 'Nothing differs.',
    onlyMeasures: 'Nothing differs but measurements.',
    search: 'Filter the rows',
  },
  ru: {
    kind: { result: 'Два результата', night: 'Две ночи', image: 'Два образа' },
    section: { tests: 'Тесты', cells: 'Ячейки только с одной стороны', environment: 'Где выполнялось', packages: 'Пакеты', kernelConfiguration: 'Конфигурация ядра', modules: 'Модули ядра', moduleAliases: 'Псевдонимы устройств модулей', udevRules: 'Правила udev', services: 'Службы', kernelLog: 'Журнал ядра, виды строк', wire: 'В кабеле, запрос за запросом', measures: 'Изменившиеся измерения' } satisfies Record<SectionId, string>,
    absent: { 'no-log': 'Журнала ядра нет хотя бы с одной стороны.', 'no-wire': 'Записи обмена по кабелю нет хотя бы с одной стороны.', 'no-images': 'Результаты получены на разных образах, и не оба ещё хранятся здесь: службы, правила udev, модули и конфигурация ядра не сравниваются.' },
    more: (count: number) => `ещё ${count}`,
    quiet: (count: number) => `почти не изменилось: ${count}`,
    left: (count: number) => `здесь опущено: ${count}; все есть в --json`,
    same: (count: number) => `одинаковых: ${count}`,
    parts: (same: number, differing: number) => `Одинаковых событий в кабеле до расхождения: ${same}; различается: ${differing}.`,
    cut: 'Сопоставить до конца не удалось.',
    otherSeed: 'У результатов разные начальные числа (seed): содержимое, которое тест выбирает случайно (страницы, байты для платы), различается уже поэтому. ./hwlab repro повторяет результат с его собственным числом.',
    cells: (count: number) => `ячеек: ${count}`,
    nothing: 'Различий нет.',
    onlyMeasures: 'Кроме измерений, различий нет.',
    search: 'Отбор строк',
  },
} as const;
