domain tenant_id text collate C CHECK ((VALUE ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'::text))

table capacity_events owner owner
table capacity_events_event_id_seq owner owner
table charges owner owner row-security forced
table chunks owner owner row-security forced
table documents owner owner row-security forced
table effective_tenant_configs owner owner
table ledger owner owner row-security forced
table ledger_counterparts owner owner row-security forced
table namespace_sizes owner owner row-security forced
table placements owner owner row-security forced
table postings owner owner row-security forced
table prompt_templates owner owner row-security forced
table schema_migrations owner owner
table tenant_config_history owner owner row-security forced
table tenant_configs owner owner row-security forced
table tenants owner owner row-security forced
table tier_history owner owner
table tiers owner owner
table usage_events owner owner row-security forced
table vector_indexes owner owner

column capacity_events.event_id integer not null identity
column capacity_events.at timestamp with time zone not null
column capacity_events.index_name text not null
column capacity_events.namespaces integer not null
column capacity_events.event text not null
column charges.tenant_id tenant_id not null
column charges.posting_id text not null
column charges.day date not null
column charges.provider text not null
column charges.sku text not null
column charges.service text not null
column charges.unit text not null
column charges.component text not null
column charges.quantity_numerator numeric(60,0) not null
column charges.quantity_denominator numeric(40,0) not null
column charges.amount_pico_usd numeric(38,0) not null
column chunks.tenant_id tenant_id not null
column chunks.chunk_id text not null
column chunks.document_id text not null
column chunks.ordinal integer not null
column chunks.body text not null
column chunks.tokens integer not null
column documents.tenant_id tenant_id not null
column documents.document_id text not null
column documents.title text not null
column documents.sha256 text not null
column documents.words integer not null
column documents.created_at timestamp with time zone not null
column ledger.tenant_id tenant_id not null
column ledger.posting_id text not null
column ledger.month text not null
column ledger.component text not null
column ledger.method text not null
column ledger.ratio_numerator numeric not null
column ledger.ratio_denominator numeric not null
column ledger.amount_pico_usd numeric(38,0) not null
column ledger.posted_at timestamp with time zone not null
column ledger_counterparts.posting_id text not null
column ledger_counterparts.account text not null
column ledger_counterparts.component text not null
column ledger_counterparts.amount_pico_usd numeric(38,0) not null
column namespace_sizes.tenant_id tenant_id not null
column namespace_sizes.records integer not null
column namespace_sizes.bytes bigint not null
column placements.tenant_id tenant_id not null
column placements.index_name text not null
column placements.namespace text not null
column placements.placed_at timestamp with time zone not null
column postings.posting_id text not null
column postings.usage_month text not null
column postings.period text not null
column postings.kind text not null
column postings.price_book text not null
column postings.price_book_sha256 text not null
column postings.posted_at timestamp with time zone not null
column postings.transaction_id xid8 not null default pg_current_xact_id()
column prompt_templates.tenant_id tenant_id not null
column prompt_templates.name text not null
column prompt_templates.version integer not null default 1
column prompt_templates.body text not null
column prompt_templates.slots jsonb not null
column prompt_templates.changed_at timestamp with time zone not null
column schema_migrations.name text not null
column schema_migrations.sha256 text not null
column schema_migrations.applied_at timestamp with time zone not null
column tenant_config_history.tenant_id tenant_id not null
column tenant_config_history.version integer not null
column tenant_config_history.changed_by text not null
column tenant_config_history.config jsonb not null
column tenant_configs.tenant_id tenant_id not null
column tenant_configs.version integer not null default 1
column tenant_configs.model text
column tenant_configs.top_k integer
column tenant_configs.rerank boolean
column tenant_configs.temperature numeric(3,2)
column tenant_configs.max_output_tokens integer
column tenant_configs.prompt_template text
column tenant_configs.monthly_budget_usd numeric
column tenant_configs.changed_at timestamp with time zone not null
column tenant_configs.prompt_values jsonb not null default '{}'::jsonb
column tenants.tenant_id tenant_id not null
column tenants.name text not null
column tenants.tier text not null
column tenants.created_at timestamp with time zone not null
column tenants.removed_at timestamp with time zone
column tier_history.tier text not null
column tier_history.version integer not null
column tier_history.changed_by text not null
column tier_history.config jsonb not null
column tiers.tier text not null
column tiers.version integer not null default 1
column tiers.model text
column tiers.top_k integer
column tiers.rerank boolean
column tiers.temperature numeric(3,2)
column tiers.max_output_tokens integer
column tiers.prompt_template text
column tiers.monthly_budget_usd numeric
column tiers.changed_at timestamp with time zone not null
column usage_events.tenant_id tenant_id not null
column usage_events.idempotency_key text not null
column usage_events.request_id text not null
column usage_events.attempt integer not null
column usage_events.operation text not null
column usage_events.provider text not null
column usage_events.sku text not null
column usage_events.outcome text not null
column usage_events.estimated boolean not null
column usage_events.quantities jsonb not null
column usage_events.occurred_at timestamp with time zone not null
column usage_events.recorded_at timestamp with time zone not null
column usage_events.service text not null default 'standard'::text
column vector_indexes.index_name text not null
column vector_indexes.namespace_limit integer not null
column vector_indexes.operating_limit integer not null
column vector_indexes.alert_at integer not null
column vector_indexes.created_at timestamp with time zone not null

constraint capacity_events CHECK ((event = ANY (ARRAY['alert'::text, 'provision-started'::text, 'index-ready'::text, 'placement-refused'::text])))
constraint capacity_events PRIMARY KEY (event_id)
constraint charges CHECK ((quantity_denominator > (0)::numeric))
constraint charges FOREIGN KEY (posting_id) REFERENCES postings(posting_id)
constraint charges FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
constraint charges PRIMARY KEY (tenant_id, posting_id, day, provider, sku, service, unit, component, quantity_denominator)
constraint chunks FOREIGN KEY (tenant_id, document_id) REFERENCES documents(tenant_id, document_id) ON DELETE CASCADE
constraint chunks PRIMARY KEY (tenant_id, chunk_id)
constraint documents FOREIGN KEY (tenant_id) REFERENCES placements(tenant_id) ON DELETE CASCADE
constraint documents PRIMARY KEY (tenant_id, document_id)
constraint ledger CHECK ((month ~ '^\d{4}-\d{2}$'::text))
constraint ledger CHECK ((ratio_denominator > (0)::numeric))
constraint ledger FOREIGN KEY (posting_id) REFERENCES postings(posting_id)
constraint ledger FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
constraint ledger PRIMARY KEY (tenant_id, posting_id, component, method)
constraint ledger_counterparts CHECK ((account = ANY (ARRAY['provider'::text, 'unallocated'::text])))
constraint ledger_counterparts FOREIGN KEY (posting_id) REFERENCES postings(posting_id)
constraint ledger_counterparts PRIMARY KEY (posting_id, account, component)
constraint namespace_sizes CHECK ((bytes >= 0))
constraint namespace_sizes CHECK ((records >= 0))
constraint namespace_sizes FOREIGN KEY (tenant_id) REFERENCES placements(tenant_id) ON DELETE CASCADE
constraint namespace_sizes PRIMARY KEY (tenant_id)
constraint placements FOREIGN KEY (index_name) REFERENCES vector_indexes(index_name)
constraint placements FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
constraint placements PRIMARY KEY (tenant_id)
constraint placements UNIQUE (index_name, namespace)
constraint postings CHECK (((period ~ '^\d{4}-\d{2}$'::text) AND (period >= usage_month)))
constraint postings CHECK ((kind = ANY (ARRAY['close'::text, 'correction'::text])))
constraint postings CHECK ((usage_month ~ '^\d{4}-\d{2}$'::text))
constraint postings PRIMARY KEY (posting_id)
constraint postings TRIGGER DEFERRABLE INITIALLY DEFERRED
constraint prompt_templates CHECK (((length(body) >= 1) AND (length(body) <= 4000)))
constraint prompt_templates CHECK (((name ~ '^[a-z][a-z0-9-]{0,40}$'::text) AND (name <> 'default'::text)))
constraint prompt_templates CHECK ((jsonb_typeof(slots) = 'object'::text))
constraint prompt_templates FOREIGN KEY (tenant_id) REFERENCES placements(tenant_id) ON DELETE CASCADE
constraint prompt_templates PRIMARY KEY (tenant_id, name)
constraint schema_migrations PRIMARY KEY (name)
constraint tenant_config_history FOREIGN KEY (tenant_id) REFERENCES placements(tenant_id) ON DELETE CASCADE
constraint tenant_config_history PRIMARY KEY (tenant_id, version)
constraint tenant_configs CHECK (((max_output_tokens >= 1) AND (max_output_tokens <= 32768)))
constraint tenant_configs CHECK (((monthly_budget_usd >= (0)::numeric) AND (monthly_budget_usd < 'Infinity'::numeric)))
constraint tenant_configs CHECK (((temperature >= (0)::numeric) AND (temperature <= (2)::numeric)))
constraint tenant_configs CHECK (((top_k >= 1) AND (top_k <= 100)))
constraint tenant_configs CHECK ((jsonb_typeof(prompt_values) = 'object'::text))
constraint tenant_configs CHECK ((model <> ''::text))
constraint tenant_configs CHECK ((prompt_template <> ''::text))
constraint tenant_configs FOREIGN KEY (tenant_id) REFERENCES placements(tenant_id) ON DELETE CASCADE
constraint tenant_configs PRIMARY KEY (tenant_id)
constraint tenants PRIMARY KEY (tenant_id)
constraint tier_history FOREIGN KEY (tier) REFERENCES tiers(tier)
constraint tier_history PRIMARY KEY (tier, version)
constraint tiers CHECK (((max_output_tokens >= 1) AND (max_output_tokens <= 32768)))
constraint tiers CHECK (((monthly_budget_usd >= (0)::numeric) AND (monthly_budget_usd < 'Infinity'::numeric)))
constraint tiers CHECK (((temperature >= (0)::numeric) AND (temperature <= (2)::numeric)))
constraint tiers CHECK (((top_k >= 1) AND (top_k <= 100)))
constraint tiers CHECK ((model <> ''::text))
constraint tiers CHECK ((prompt_template <> ''::text))
constraint tiers CHECK ((tier <> ''::text))
constraint tiers PRIMARY KEY (tier)
constraint usage_events CHECK ((attempt > 0))
constraint usage_events CHECK ((outcome = ANY (ARRAY['completed'::text, 'aborted'::text, 'timed-out'::text, 'refused'::text, 'cache-hit'::text])))
constraint usage_events CHECK ((service = ANY (ARRAY['standard'::text, 'batch'::text, 'flex'::text, 'priority'::text])))
constraint usage_events FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id)
constraint usage_events PRIMARY KEY (tenant_id, idempotency_key)
constraint vector_indexes CHECK (((alert_at >= 1) AND (alert_at <= operating_limit)))
constraint vector_indexes CHECK (((operating_limit >= 1) AND (operating_limit <= namespace_limit)))
constraint vector_indexes CHECK ((namespace_limit > 0))
constraint vector_indexes PRIMARY KEY (index_name)

CREATE INDEX chunks_tenant_id_document_id_idx ON public.chunks USING btree (tenant_id, document_id)
CREATE INDEX usage_events_occurred_at_idx ON public.usage_events USING btree (occurred_at)
CREATE INDEX usage_events_tenant_id_occurred_at_idx ON public.usage_events USING btree (tenant_id, occurred_at)
CREATE UNIQUE INDEX capacity_events_pkey ON public.capacity_events USING btree (event_id)
CREATE UNIQUE INDEX charges_pkey ON public.charges USING btree (tenant_id, posting_id, day, provider, sku, service, unit, component, quantity_denominator)
CREATE UNIQUE INDEX chunks_pkey ON public.chunks USING btree (tenant_id, chunk_id)
CREATE UNIQUE INDEX documents_pkey ON public.documents USING btree (tenant_id, document_id)
CREATE UNIQUE INDEX ledger_counterparts_pkey ON public.ledger_counterparts USING btree (posting_id, account, component)
CREATE UNIQUE INDEX ledger_pkey ON public.ledger USING btree (tenant_id, posting_id, component, method)
CREATE UNIQUE INDEX namespace_sizes_pkey ON public.namespace_sizes USING btree (tenant_id)
CREATE UNIQUE INDEX placements_index_name_namespace_key ON public.placements USING btree (index_name, namespace)
CREATE UNIQUE INDEX placements_pkey ON public.placements USING btree (tenant_id)
CREATE UNIQUE INDEX postings_pkey ON public.postings USING btree (posting_id)
CREATE UNIQUE INDEX prompt_templates_pkey ON public.prompt_templates USING btree (tenant_id, name)
CREATE UNIQUE INDEX schema_migrations_pkey ON public.schema_migrations USING btree (name)
CREATE UNIQUE INDEX tenant_config_history_pkey ON public.tenant_config_history USING btree (tenant_id, version)
CREATE UNIQUE INDEX tenant_configs_pkey ON public.tenant_configs USING btree (tenant_id)
CREATE UNIQUE INDEX tenants_pkey ON public.tenants USING btree (tenant_id)
CREATE UNIQUE INDEX tier_history_pkey ON public.tier_history USING btree (tier, version)
CREATE UNIQUE INDEX tiers_pkey ON public.tiers USING btree (tier)
CREATE UNIQUE INDEX usage_events_pkey ON public.usage_events USING btree (tenant_id, idempotency_key)
CREATE UNIQUE INDEX vector_indexes_pkey ON public.vector_indexes USING btree (index_name)

policy operator_adds on charges permissive insert to operator using (-) check ((posting_id = ( SELECT made.posting_id
   FROM postings made
  WHERE (made.transaction_id = pg_current_xact_id()))))
policy operator_reads on charges permissive select to operator using (true) check (-)
policy tenant_reads on charges permissive select to app using (((tenant_id)::text = ( SELECT current_setting('tenantbench.tenant_id'::text, true) AS current_setting))) check (-)
policy tenant_rows on chunks permissive all to app using (((tenant_id)::text = ( SELECT current_setting('tenantbench.tenant_id'::text, true) AS current_setting))) check (((tenant_id)::text = ( SELECT current_setting('tenantbench.tenant_id'::text, true) AS current_setting)))
policy tenant_rows on documents permissive all to app using (((tenant_id)::text = ( SELECT current_setting('tenantbench.tenant_id'::text, true) AS current_setting))) check (((tenant_id)::text = ( SELECT current_setting('tenantbench.tenant_id'::text, true) AS current_setting)))
policy operator_adds on ledger permissive insert to operator using (-) check ((posting_id = ( SELECT made.posting_id
   FROM postings made
  WHERE (made.transaction_id = pg_current_xact_id()))))
policy operator_reads on ledger permissive select to operator using (true) check (-)
policy tenant_reads on ledger permissive select to app using (((tenant_id)::text = ( SELECT current_setting('tenantbench.tenant_id'::text, true) AS current_setting))) check (-)
policy operator_adds on ledger_counterparts permissive insert to operator using (-) check ((posting_id = ( SELECT made.posting_id
   FROM postings made
  WHERE (made.transaction_id = pg_current_xact_id()))))
policy operator_reads on ledger_counterparts permissive select to operator using (true) check (-)
policy operator_reads on namespace_sizes permissive select to operator using (true) check (-)
policy tenant_rows on namespace_sizes permissive all to app using (((tenant_id)::text = ( SELECT current_setting('tenantbench.tenant_id'::text, true) AS current_setting))) check (((tenant_id)::text = ( SELECT current_setting('tenantbench.tenant_id'::text, true) AS current_setting)))
policy operator_adds on placements permissive insert to operator using (-) check (true)
policy operator_changes on placements permissive update to operator using (true) check (true)
policy operator_reads on placements permissive select to operator using (true) check (-)
policy operator_removes on placements permissive delete to operator using (((tenant_id)::text = ( SELECT current_setting('tenantbench.tenant_id'::text, true) AS current_setting))) check (-)
policy tenant_reads on placements permissive select to app using (((tenant_id)::text = ( SELECT current_setting('tenantbench.tenant_id'::text, true) AS current_setting))) check (-)
policy operator_adds on postings permissive insert to operator using (-) check ((transaction_id = pg_current_xact_id()))
policy operator_reads on postings permissive select to operator using (true) check (-)
policy tenant_rows on prompt_templates permissive all to app using (((tenant_id)::text = ( SELECT current_setting('tenantbench.tenant_id'::text, true) AS current_setting))) check (((tenant_id)::text = ( SELECT current_setting('tenantbench.tenant_id'::text, true) AS current_setting)))
policy operator_adds on tenant_config_history permissive insert to operator using (-) check (true)
policy operator_reads on tenant_config_history permissive select to operator using (true) check (-)
policy tenant_reads on tenant_config_history permissive select to app using (((tenant_id)::text = ( SELECT current_setting('tenantbench.tenant_id'::text, true) AS current_setting))) check (-)
policy operator_all on tenant_configs permissive all to operator using (true) check (true)
policy tenant_reads on tenant_configs permissive select to app using (((tenant_id)::text = ( SELECT current_setting('tenantbench.tenant_id'::text, true) AS current_setting))) check (-)
policy operator_all on tenants permissive all to operator using (true) check (true)
policy tenant_reads on tenants permissive select to app using (((tenant_id)::text = ( SELECT current_setting('tenantbench.tenant_id'::text, true) AS current_setting))) check (-)
policy operator_reads on usage_events permissive select to operator using (true) check (-)
policy tenant_adds on usage_events permissive insert to app using (-) check (((tenant_id)::text = ( SELECT current_setting('tenantbench.tenant_id'::text, true) AS current_setting)))
policy tenant_reads on usage_events permissive select to app using (((tenant_id)::text = ( SELECT current_setting('tenantbench.tenant_id'::text, true) AS current_setting))) check (-)

grant insert, select on capacity_events to operator
grant select on charges to app
grant insert, select on charges to operator
grant delete, insert, select, update on chunks to app
grant delete, insert, select, update on documents to app
grant select on effective_tenant_configs to app
grant select on effective_tenant_configs to operator
grant select on ledger to app
grant insert, select on ledger to operator
grant insert, select on ledger_counterparts to operator
grant delete, insert, select, update on namespace_sizes to app
grant select on namespace_sizes to operator
grant select on placements to app
grant delete, insert, select, update on placements to operator
grant insert, select on postings to operator
grant delete, insert, select, update on prompt_templates to app
grant select on tenant_config_history to app
grant insert, select on tenant_config_history to operator
grant select on tenant_configs to app
grant insert, select, update on tenant_configs to operator
grant select on tenants to app
grant insert, select, update on tenants to operator
grant insert, select on tier_history to operator
grant select on tiers to app
grant insert, select, update on tiers to operator
grant insert, select on usage_events to app
grant select on usage_events to operator
grant insert, select on vector_indexes to operator

grant create on schema public to owner
grant usage on schema public to public
grant usage on schema public to owner

grant connect on database to app
grant connect on database to operator

function next_version() owner owner search_path=pg_catalog, public 
begin
  new.version := old.version + 1;
  return new;
end
function posting_balances() owner owner search_path=pg_catalog, public, pg_temp 
declare
  off_by numeric;
begin
  select coalesce((select sum(amount_pico_usd) from ledger where posting_id = new.posting_id), 0)
    + coalesce((select sum(amount_pico_usd) from ledger_counterparts where posting_id = new.posting_id), 0) into off_by;
  if off_by <> 0 then
    raise exception 'posting % does not balance: off by % pico-dollars', new.posting_id, off_by using errcode = '23514';
  end if;
  return null;
end
function prompt_template_changed() owner owner search_path=pg_catalog, public 
begin
  perform pg_notify('tenantbench_config', encode(sha256(convert_to(coalesce(new.tenant_id, old.tenant_id), 'UTF8')), 'hex'));
  return null;
end
function tenant_config_changed() owner owner search_path=pg_catalog, public 
begin
  insert into tenant_config_history (tenant_id, version, changed_by, config)
  values (new.tenant_id, new.version, session_user, to_jsonb(new));
  perform pg_notify('tenantbench_config', encode(sha256(convert_to(new.tenant_id, 'UTF8')), 'hex'));
  return null;
end
function tenant_config_version() owner owner search_path=pg_catalog, public 
begin
  new.version := old.version + 1;
  return new;
end
function tier_changed() owner owner search_path=pg_catalog, public 
begin
  insert into tier_history (tier, version, changed_by, config) values (new.tier, new.version, session_user, to_jsonb(new));
  perform pg_notify('tenantbench_config', '');
  return null;
end

CREATE CONSTRAINT TRIGGER posting_balances AFTER INSERT ON public.postings DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION posting_balances()
CREATE TRIGGER prompt_template_changed AFTER INSERT OR DELETE OR UPDATE ON public.prompt_templates FOR EACH ROW EXECUTE FUNCTION prompt_template_changed()
CREATE TRIGGER prompt_template_version BEFORE UPDATE ON public.prompt_templates FOR EACH ROW EXECUTE FUNCTION next_version()
CREATE TRIGGER tenant_config_changed AFTER INSERT OR UPDATE ON public.tenant_configs FOR EACH ROW EXECUTE FUNCTION tenant_config_changed()
CREATE TRIGGER tenant_config_version BEFORE UPDATE ON public.tenant_configs FOR EACH ROW EXECUTE FUNCTION tenant_config_version()
CREATE TRIGGER tier_changed AFTER INSERT OR UPDATE ON public.tiers FOR EACH ROW EXECUTE FUNCTION tier_changed()
CREATE TRIGGER tier_version BEFORE UPDATE ON public.tiers FOR EACH ROW EXECUTE FUNCTION next_version()
