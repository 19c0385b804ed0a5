-- title: row security was disabled for an import on one of three tables and never enabled again
-- kind: hole
-- expect: A02|A01
-- also: D03 D04 D06
-- object: public.lessons
-- logins: authenticator
-- proof: role=authenticator
create role anon nologin;
create role authenticated nologin;
create role authenticator login noinherit;
grant anon, authenticated to authenticator;
create role school_owner nologin;
create schema auth authorization school_owner;
grant create on schema public to school_owner;
grant usage on schema auth, public to anon, authenticated;
set role school_owner;
create function auth.school() returns int language sql stable set search_path = pg_catalog
  as $$ select (nullif(current_setting('request.jwt.claims', true), '')::json ->> 'school')::int $$;
create table public.teachers (school_id int not null, id uuid not null default gen_random_uuid(), name text not null, primary key (school_id, id));
create table public.lessons (
  school_id int not null,
  id uuid not null default gen_random_uuid(),
  teacher_id uuid not null,
  topic text not null,
  primary key (school_id, id),
  foreign key (school_id, teacher_id) references public.teachers
);
alter table public.teachers enable row level security;
alter table public.teachers force row level security;
alter table public.lessons enable row level security;
alter table public.lessons force row level security;
create policy "school" on public.teachers to authenticated using (school_id = (select auth.school()));
create policy "school" on public.lessons to authenticated using (school_id = (select auth.school()));
grant select, insert, update, delete on public.teachers, public.lessons to authenticated;
alter table public.lessons disable row level security;
reset role;
revoke create on schema public from school_owner;

-- @data
insert into teachers values (2, 'bbbbbbbb-0000-4000-8000-000000000002', 'T');
insert into lessons (school_id, teacher_id, topic) values (2, 'bbbbbbbb-0000-4000-8000-000000000002', 'x');
-- @exploit
set local role authenticated;
select set_config('request.jwt.claims', '{"school":1}', true);
select 1 from lessons where school_id = 2;
