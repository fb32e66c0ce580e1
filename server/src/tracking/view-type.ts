/** MLflow's word for which of active and deleted things are asked for. */
export function lifecycleOf(view: 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL'): 'active' | 'deleted' | 'all' {
  if (view === 'ALL') return 'all';
  return view === 'ACTIVE_ONLY' ? 'active' : 'deleted';
}
