import { computed } from 'vue';
import { useSession } from '../api/use-session.ts';
import { type NavItem, navGroups } from './nav.ts';

/** What of the navigation this person may see. */
export function useNav() {
  const session = useSession();
  const allowed = (item: NavItem): boolean => !item.permission || session.can(item.permission);
  const groups = computed(() =>
    navGroups
      .map((group) => ({ ...group, items: group.items.filter(allowed) }))
      .filter((group) => group.items.length > 0),
  );
  const items = computed(() => groups.value.flatMap((group) => group.items));
  return {
    groups,
    primary: computed(() => items.value.filter((item) => item.primary)),
    secondary: computed(() => items.value.filter((item) => !item.primary)),
  };
}
