CREATE TABLE "api_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"hint" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_by" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	CONSTRAINT "api_keys_hash" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "audit_rows" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_rows_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp (3) with time zone NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"target" text,
	"success" boolean NOT NULL,
	"ip" text,
	"details" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "refresh_tokens" (
	"hash" text PRIMARY KEY NOT NULL,
	"sign_in_id" uuid NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"name" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sign_ins" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"language" text NOT NULL,
	"password_hash" text NOT NULL,
	"is_active" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_login_at" timestamp (3) with time zone,
	CONSTRAINT "users_email" UNIQUE("email"),
	CONSTRAINT "users_role" CHECK ("users"."role" in ('user', 'manager', 'moderator', 'admin'))
);
--> statement-breakpoint
CREATE TABLE "deployments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"task" text NOT NULL,
	"kind" text NOT NULL,
	"model_name" text,
	"model_version" integer,
	"node_id" uuid,
	"spec" jsonb,
	"base_url" text,
	"endpoint_model" text,
	"api_key_sealed" text,
	"chats" boolean NOT NULL,
	"context_length" integer,
	"inputs" jsonb,
	"classes" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "deployments_name" UNIQUE("name"),
	CONSTRAINT "deployments_target" CHECK ((kind = 'model' AND model_name IS NOT NULL AND model_version IS NOT NULL AND node_id IS NOT NULL AND spec IS NOT NULL) OR (kind = 'endpoint' AND base_url IS NOT NULL AND endpoint_model IS NOT NULL))
);
--> statement-breakpoint
CREATE TABLE "job_artifacts" (
	"job_id" uuid NOT NULL,
	"name" text NOT NULL,
	"format" text NOT NULL,
	"sha256" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	CONSTRAINT "job_artifacts_job_id_name_pk" PRIMARY KEY("job_id","name")
);
--> statement-breakpoint
CREATE TABLE "job_logs" (
	"job_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"level" text NOT NULL,
	"message" text NOT NULL,
	CONSTRAINT "job_logs_job_id_seq_pk" PRIMARY KEY("job_id","seq")
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"state" text NOT NULL,
	"outcome" text,
	"priority" integer NOT NULL,
	"arrival" bigint GENERATED ALWAYS AS IDENTITY (sequence name "jobs_arrival_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"payload" jsonb NOT NULL,
	"created_by" text,
	"node_id" uuid,
	"lease_id" uuid,
	"lease_expires_at" timestamp (3) with time zone,
	"token_hash" text,
	"acked_seq" integer DEFAULT 0 NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"cancel_requested_at" timestamp (3) with time zone,
	"progress" jsonb,
	"error" jsonb,
	"result" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "jobs_state" CHECK (state IN ('queued', 'leased', 'running', 'finished')),
	CONSTRAINT "jobs_outcome" CHECK ((state = 'finished') = (outcome IS NOT NULL)),
	CONSTRAINT "jobs_lease" CHECK (state NOT IN ('leased', 'running') OR (lease_id IS NOT NULL AND lease_expires_at IS NOT NULL AND token_hash IS NOT NULL))
);
--> statement-breakpoint
CREATE TABLE "node_invitations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"name" text,
	"created_by" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	CONSTRAINT "node_invitations_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "node_vitals" (
	"node_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"reading" jsonb NOT NULL,
	CONSTRAINT "node_vitals_node_id_at_pk" PRIMARY KEY("node_id","at")
);
--> statement-breakpoint
CREATE TABLE "nodes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"is_local" boolean NOT NULL,
	"token_hash" text NOT NULL,
	"machine" jsonb NOT NULL,
	"agent_version" text,
	"job_kinds" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"engines" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"last_seen_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "nodes_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "artifacts" (
	"model_name" text NOT NULL,
	"version" integer NOT NULL,
	"name" text NOT NULL,
	"format" text NOT NULL,
	"sha256" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	CONSTRAINT "artifacts_model_name_version_name_pk" PRIMARY KEY("model_name","version","name")
);
--> statement-breakpoint
CREATE TABLE "blobs" (
	"sha256" text PRIMARY KEY NOT NULL,
	"size_bytes" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "datasets" (
	"name" text PRIMARY KEY NOT NULL,
	"sha256" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"format" text NOT NULL,
	"sample_count" bigint,
	"dimensions" jsonb,
	"columns" jsonb,
	"file_name" text NOT NULL,
	"source" text,
	"license" text,
	"created_by" text,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "model_versions" (
	"model_name" text NOT NULL,
	"version" integer NOT NULL,
	"task" text NOT NULL,
	"metadata" jsonb NOT NULL,
	"lineage_kind" text NOT NULL,
	"session_id" text,
	"dataset_name" text,
	"dataset_sha256" text,
	"source" text,
	"created_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "model_versions_model_name_version_pk" PRIMARY KEY("model_name","version")
);
--> statement-breakpoint
CREATE TABLE "models" (
	"name" text PRIMARY KEY NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "training_epochs" (
	"session_id" text NOT NULL,
	"epoch" integer NOT NULL,
	"loss" double precision NOT NULL,
	"accuracy" double precision NOT NULL,
	"val_loss" double precision,
	"val_accuracy" double precision,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "training_epochs_session_id_epoch_pk" PRIMARY KEY("session_id","epoch")
);
--> statement-breakpoint
CREATE TABLE "training_runs" (
	"session_id" text PRIMARY KEY NOT NULL,
	"job_id" uuid NOT NULL,
	"config" jsonb NOT NULL,
	"dataset_name" text NOT NULL,
	"dataset_sha256" text NOT NULL,
	"created_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"model_name" text,
	"model_version" integer,
	CONSTRAINT "training_runs_job_id_unique" UNIQUE("job_id")
);
--> statement-breakpoint
CREATE TABLE "training_steps" (
	"session_id" text NOT NULL,
	"step" integer NOT NULL,
	"epoch" integer NOT NULL,
	"loss" double precision NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "training_steps_session_id_step_pk" PRIMARY KEY("session_id","step")
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_sign_in_id_sign_ins_id_fk" FOREIGN KEY ("sign_in_id") REFERENCES "public"."sign_ins"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_ins" ADD CONSTRAINT "sign_ins_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deployments" ADD CONSTRAINT "deployments_node_id_nodes_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."nodes"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_artifacts" ADD CONSTRAINT "job_artifacts_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_artifacts" ADD CONSTRAINT "job_artifacts_sha256_blobs_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."blobs"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_logs" ADD CONSTRAINT "job_logs_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_node_id_nodes_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."nodes"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "node_vitals" ADD CONSTRAINT "node_vitals_node_id_nodes_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."nodes"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "artifacts" ADD CONSTRAINT "artifacts_sha256_blobs_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."blobs"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "artifacts" ADD CONSTRAINT "artifacts_model_name_version_model_versions_model_name_version_fk" FOREIGN KEY ("model_name","version") REFERENCES "public"."model_versions"("model_name","version") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "datasets" ADD CONSTRAINT "datasets_sha256_blobs_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."blobs"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_versions" ADD CONSTRAINT "model_versions_model_name_models_name_fk" FOREIGN KEY ("model_name") REFERENCES "public"."models"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_epochs" ADD CONSTRAINT "training_epochs_session_id_training_runs_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."training_runs"("session_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_runs" ADD CONSTRAINT "training_runs_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_steps" ADD CONSTRAINT "training_steps_session_id_training_runs_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."training_runs"("session_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_rows_action" ON "audit_rows" USING btree ("action","id");--> statement-breakpoint
CREATE INDEX "refresh_tokens_sign_in" ON "refresh_tokens" USING btree ("sign_in_id");--> statement-breakpoint
CREATE INDEX "refresh_tokens_expiry" ON "refresh_tokens" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "sign_ins_user" ON "sign_ins" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "users_page" ON "users" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "deployments_node" ON "deployments" USING btree ("node_id");--> statement-breakpoint
CREATE INDEX "deployments_model" ON "deployments" USING btree ("model_name");--> statement-breakpoint
CREATE INDEX "job_artifacts_sha256" ON "job_artifacts" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "jobs_queue" ON "jobs" USING btree ("kind","priority" DESC NULLS LAST,"arrival") WHERE state = 'queued';--> statement-breakpoint
CREATE INDEX "jobs_active" ON "jobs" USING btree ("node_id") WHERE state IN ('leased', 'running');--> statement-breakpoint
CREATE INDEX "jobs_newest" ON "jobs" USING btree ("arrival" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "jobs_token" ON "jobs" USING btree ("token_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "nodes_one_local" ON "nodes" USING btree ("is_local") WHERE is_local;--> statement-breakpoint
CREATE INDEX "artifacts_sha256" ON "artifacts" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "datasets_sha256" ON "datasets" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "training_runs_newest" ON "training_runs" USING btree ("created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "training_runs_dataset" ON "training_runs" USING btree ("dataset_name");