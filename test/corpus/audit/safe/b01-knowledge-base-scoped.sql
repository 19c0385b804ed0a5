-- title: articles are selectable in their workspace, by four policies of one command each
-- kind: safe
-- logins: kb_app
-- proof: role=kb_app
create role kb_owner nologin;
create role kb_app login;
create schema kb authorization kb_owner;
set role kb_owner;
create table kb.article (
  workspace text not null,
  slug text not null,
  title text not null,
  body text not null,
  updated_at timestamptz not null default now(),
  primary key (workspace, slug)
);
alter table kb.article enable row level security;
alter table kb.article force row level security;
create policy article_read on kb.article for select using (workspace = (select current_setting('kb.workspace', true)));
create policy article_add on kb.article for insert with check (workspace = (select current_setting('kb.workspace', true)));
create policy article_edit on kb.article for update using (workspace = (select current_setting('kb.workspace', true)));
create policy article_drop on kb.article for delete using (workspace = (select current_setting('kb.workspace', true)));
alter table kb.article add constraint workspace_is_named check (workspace <> '');
grant usage on schema kb to kb_app;
grant select, insert, update, delete on kb.article to kb_app;
reset role;

-- @data
insert into kb.article values ('north', 'vpn', 'VPN', 'north only'), ('south', 'vpn', 'VPN', 'south only');
-- @exploit
select set_config('kb.workspace', 'north', true);
select 1 from kb.article where workspace = 'south';
