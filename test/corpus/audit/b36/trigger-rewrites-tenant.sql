-- title: a trigger takes the tenant from a column that the caller fills, and nothing checks it
-- kind: hole
-- expect: B36|B14i|B14|B13
-- object: intake.form
-- logins: intake_app
-- proof: role=intake_app
create role intake_owner nologin;
create role intake_app login;
create schema intake authorization intake_owner;
grant usage on schema intake to intake_app;
set role intake_owner;
create table intake.form (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  channel text not null,
  answers jsonb not null default '{}',
  primary key (tenant_id, id)
);
create function intake.route() returns trigger language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  new.tenant_id := split_part(new.channel, '/', 1)::int;
  return new;
end $$;
create trigger form_route before insert on intake.form for each row execute function intake.route();
alter table intake.form enable row level security;
alter table intake.form force row level security;
create policy form_read on intake.form for select using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy form_add on intake.form for insert with check (channel like '%/web');
grant select, insert on intake.form to intake_app;
reset role;

-- @exploit
select set_config('app.tenant_id', '1', true);
insert into intake.form (tenant_id, channel) values (1, '2/web');
-- @exploit role=superuser
select 1 from intake.form where tenant_id = 2;
