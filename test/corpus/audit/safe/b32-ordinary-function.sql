-- title: the search helper is an ordinary function, so it sees only rows of the tenant
-- kind: safe
-- logins: finder
-- proof: role=finder
create role search_owner nologin;
create role finder login;
create schema search authorization search_owner;
grant usage on schema search to finder;
set role search_owner;
create table search.entry (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  words text not null,
  primary key (tenant_id, id)
);
alter table search.entry enable row level security;
alter table search.entry force row level security;
create policy entry_tenant on search.entry using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert, update, delete on search.entry to finder;
reset role;
create function search.matches(haystack text, needle text) returns boolean language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
begin
  return haystack::int > needle::int;
exception when invalid_text_representation then
  raise exception 'cannot compare % with %', haystack, needle;
end $$;
alter function search.matches(text, text) owner to search_owner;

-- @data
insert into search.entry (tenant_id, words) values (2, 'hidden words'), (1, '5');
-- @exploit
set local enable_indexscan = off; set local enable_bitmapscan = off;
select set_config('app.tenant_id', '1', true);
create temp table said (message text);
do $$ begin perform count(*) from search.entry where search.matches(words, '1'); exception when others then insert into said values (sqlerrm); end $$;
select 1 from said where message like '%hidden words%';
