-- Removing a tenant. What a tenant has hangs on its place: when the place goes, everything goes in the same statement, and whoever
-- comes late with new rows finds no place to hang them on. Usage, charges and ledger stay, because a month is closed after somebody
-- has left; so does the tenant's row, without its name, because an id that came back would come back to those costs.

alter table tenants add column removed_at timestamptz;

do $$
declare
  owned_table text;
begin
  foreach owned_table in array array['documents', 'namespace_sizes', 'tenant_configs', 'tenant_config_history', 'prompt_templates'] loop
    execute format('alter table %I drop constraint %I', owned_table, owned_table || '_tenant_id_fkey');
    execute format('alter table %I add foreign key (tenant_id) references placements on delete cascade', owned_table);
  end loop;
end
$$;

-- The operator takes away the place of the tenant that it names, and of no other: a forgotten WHERE takes away nothing.
drop policy operator_all on placements;
create policy operator_reads on placements for select to {{operator}} using (true);
create policy operator_adds on placements for insert to {{operator}} with check (true);
create policy operator_changes on placements for update to {{operator}} using (true) with check (true);
create policy operator_removes on placements for delete to {{operator}}
  using (tenant_id = (select current_setting('tenantbench.tenant_id', true)));
grant delete on placements to {{operator}};
