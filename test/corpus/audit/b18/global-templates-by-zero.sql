-- title: templates of tenant 0 are meant to be read-only but the policy covers all commands
-- kind: hole
-- expect: B18|B10|B03
-- object: public.templates
-- logins: mailer
-- proof: role=mailer
create role mail_owner nologin;
create role mailer login;
grant create on schema public to mail_owner;
grant usage on schema public to mailer;
set role mail_owner;
create table public.templates (
  account_id int not null,
  name text not null,
  body text not null,
  primary key (account_id, name)
);
alter table public.templates enable row level security;
alter table public.templates force row level security;
create policy templates_own_or_global on public.templates to mailer
  using (account_id in (0, (select nullif(current_setting('mail.account', true), '')::int)));
grant select, insert, update, delete on public.templates to mailer;
reset role;
revoke create on schema public from mail_owner;

-- @data
insert into templates values (0, 'welcome', 'hi'), (2, 'welcome', 'own');
-- @exploit
select set_config('mail.account', '1', true);
update templates set body = 'click here' where account_id = 0 returning 1;
