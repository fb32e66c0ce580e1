CREATE TABLE "job_output" (
	"job_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"stream" text NOT NULL,
	"place" bigint NOT NULL,
	"skipped_bytes" bigint NOT NULL,
	"size_bytes" integer NOT NULL,
	"text" text NOT NULL,
	CONSTRAINT "job_output_job_id_seq_pk" PRIMARY KEY("job_id","seq")
);
--> statement-breakpoint
CREATE TABLE "market_bars" (
	"collection_id" uuid NOT NULL,
	"time" timestamp (3) with time zone NOT NULL,
	"open" double precision NOT NULL,
	"high" double precision NOT NULL,
	"low" double precision NOT NULL,
	"close" double precision NOT NULL,
	"volume" double precision NOT NULL,
	CONSTRAINT "market_bars_collection_id_time_pk" PRIMARY KEY("collection_id","time")
);
--> statement-breakpoint
CREATE TABLE "market_collections" (
	"id" uuid PRIMARY KEY NOT NULL,
	"symbol" text NOT NULL,
	"source" text NOT NULL,
	"origin" text NOT NULL,
	"license" text,
	"is_current" boolean NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"updated_by" text
);
--> statement-breakpoint
CREATE TABLE "market_features" (
	"collection_id" uuid NOT NULL,
	"time" timestamp (3) with time zone NOT NULL,
	"log_return" double precision,
	"volatility_5" double precision,
	"volatility_14" double precision,
	"volatility_21" double precision,
	"volume_mean_5" double precision,
	"volume_mean_14" double precision,
	"volume_mean_21" double precision,
	"volume_z_100" double precision,
	"macd" double precision,
	"macd_signal" double precision,
	"macd_histogram" double precision,
	"rsi_14" double precision,
	"atr_14" double precision,
	"price_range" double precision,
	"price_change" double precision,
	"hour_sin" double precision,
	"hour_cos" double precision,
	"weekday_sin" double precision,
	"weekday_cos" double precision,
	"month_sin" double precision,
	"month_cos" double precision,
	CONSTRAINT "market_features_collection_id_time_pk" PRIMARY KEY("collection_id","time")
);
--> statement-breakpoint
CREATE TABLE "market_model_errors" (
	"symbol" text NOT NULL,
	"model" text NOT NULL,
	"horizon" integer NOT NULL,
	"mae" double precision NOT NULL,
	"mse" double precision NOT NULL,
	"rmse" double precision NOT NULL,
	"naive_mae" double precision NOT NULL,
	"naive_rmse" double precision NOT NULL,
	"train_count" integer NOT NULL,
	"test_count" integer NOT NULL,
	"test_from" timestamp (3) with time zone NOT NULL,
	"test_to" timestamp (3) with time zone NOT NULL,
	"live_count" integer DEFAULT 0 NOT NULL,
	"live_absolute" double precision DEFAULT 0 NOT NULL,
	"live_squared" double precision DEFAULT 0 NOT NULL,
	"live_naive_squared" double precision DEFAULT 0 NOT NULL,
	"live_inside" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "market_model_errors_symbol_model_horizon_pk" PRIMARY KEY("symbol","model","horizon")
);
--> statement-breakpoint
CREATE TABLE "market_models" (
	"symbol" text NOT NULL,
	"model" text NOT NULL,
	"sha256" text NOT NULL,
	"size_bytes" integer NOT NULL,
	"library" text NOT NULL,
	"mode" text NOT NULL,
	"bars" integer NOT NULL,
	"trained_at" timestamp (3) with time zone NOT NULL,
	"trained_by" text,
	CONSTRAINT "market_models_symbol_model_pk" PRIMARY KEY("symbol","model")
);
--> statement-breakpoint
CREATE TABLE "market_predictions" (
	"symbol" text NOT NULL,
	"time" timestamp (3) with time zone NOT NULL,
	"model" text NOT NULL,
	"horizon" integer NOT NULL,
	"target_time" timestamp (3) with time zone NOT NULL,
	"close" double precision NOT NULL,
	"log_return" double precision NOT NULL,
	"rmse" double precision NOT NULL,
	"price" double precision NOT NULL,
	"lower" double precision NOT NULL,
	"upper" double precision NOT NULL,
	CONSTRAINT "market_predictions_symbol_time_model_horizon_pk" PRIMARY KEY("symbol","time","model","horizon")
);
--> statement-breakpoint
CREATE TABLE "code_files" (
	"digest" text NOT NULL,
	"path" text NOT NULL,
	"sha256" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "code_files_digest_path_pk" PRIMARY KEY("digest","path")
);
--> statement-breakpoint
CREATE TABLE "dataset_versions" (
	"dataset_name" text NOT NULL,
	"version" integer NOT NULL,
	"sha256" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"format" text NOT NULL,
	"sample_count" bigint,
	"dimensions" jsonb,
	"columns" jsonb,
	"details" jsonb,
	"file_name" text NOT NULL,
	"license" text,
	"description" text DEFAULT '' NOT NULL,
	"tags" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"lineage_kind" text NOT NULL,
	"session_id" text,
	"run_id" text,
	"code_digest" text,
	"source" text,
	"created_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "dataset_versions_dataset_name_version_pk" PRIMARY KEY("dataset_name","version")
);
--> statement-breakpoint
CREATE TABLE "model_aliases" (
	"model_name" text NOT NULL,
	"alias" text NOT NULL,
	"version" integer NOT NULL,
	CONSTRAINT "model_aliases_model_name_alias_pk" PRIMARY KEY("model_name","alias")
);
--> statement-breakpoint
CREATE TABLE "uploads" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"is_new_version" boolean NOT NULL,
	"file_name" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"sha256" text,
	"run_id" text,
	"owner_id" text NOT NULL,
	"created_by" text NOT NULL,
	"version" integer,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "script_runs" (
	"job_id" uuid PRIMARY KEY NOT NULL,
	"script_name" text NOT NULL,
	"args" jsonb NOT NULL,
	"mode" text,
	"command" text NOT NULL,
	"timeout_seconds" integer NOT NULL,
	"code_digest" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "logged_models" (
	"model_id" text PRIMARY KEY NOT NULL,
	"arrival" bigint GENERATED ALWAYS AS IDENTITY (sequence name "logged_models_arrival_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"experiment_id" bigint NOT NULL,
	"name" text NOT NULL,
	"model_type" text NOT NULL,
	"source_run_id" text NOT NULL,
	"status" text NOT NULL,
	"artifact_uri" text NOT NULL,
	"params" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"tags" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"job_id" uuid,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "experiments" (
	"id" bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY (sequence name "experiments_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"artifact_location" text NOT NULL,
	"lifecycle" text DEFAULT 'active' NOT NULL,
	"tags" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "experiments_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "metric_buckets" (
	"series_id" bigint NOT NULL,
	"level" smallint NOT NULL,
	"bucket" bigint NOT NULL,
	"min_step" bigint NOT NULL,
	"min_at_ms" bigint NOT NULL,
	"min_value" double precision NOT NULL,
	"max_step" bigint NOT NULL,
	"max_at_ms" bigint NOT NULL,
	"max_value" double precision NOT NULL,
	CONSTRAINT "metric_buckets_series_id_level_bucket_pk" PRIMARY KEY("series_id","level","bucket")
);
--> statement-breakpoint
CREATE TABLE "metric_points" (
	"series_id" bigint NOT NULL,
	"step" bigint NOT NULL,
	"at_ms" bigint NOT NULL,
	"value" double precision NOT NULL,
	CONSTRAINT "metric_points_series_id_step_at_ms_value_pk" PRIMARY KEY("series_id","step","at_ms","value")
);
--> statement-breakpoint
CREATE TABLE "metric_series" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "metric_series_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"run_id" text NOT NULL,
	"key" text NOT NULL,
	"points" bigint DEFAULT 0 NOT NULL,
	"last_step" bigint NOT NULL,
	"last_at_ms" bigint NOT NULL,
	"last_value" double precision NOT NULL,
	"first_step" bigint NOT NULL,
	"min_value" double precision,
	"max_value" double precision,
	CONSTRAINT "metric_series_run_key" UNIQUE("run_id","key")
);
--> statement-breakpoint
CREATE TABLE "run_artifacts" (
	"owner" text NOT NULL,
	"path" text NOT NULL,
	"sha256" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "run_artifacts_owner_path_pk" PRIMARY KEY("owner","path")
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"run_id" text PRIMARY KEY NOT NULL,
	"arrival" bigint GENERATED ALWAYS AS IDENTITY (sequence name "runs_arrival_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"experiment_id" bigint NOT NULL,
	"name" text NOT NULL,
	"user_id" text NOT NULL,
	"status" text NOT NULL,
	"lifecycle" text DEFAULT 'active' NOT NULL,
	"start_ms" bigint NOT NULL,
	"end_ms" bigint,
	"artifact_uri" text NOT NULL,
	"params" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"tags" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"dataset_inputs" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"model_inputs" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"model_outputs" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"session_id" text,
	"job_id" uuid,
	"created_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "runs_session_id_unique" UNIQUE("session_id"),
	CONSTRAINT "runs_status" CHECK (status IN ('RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'))
);
--> statement-breakpoint
CREATE TABLE "training_attempts" (
	"session_id" text NOT NULL,
	"attempt" integer NOT NULL,
	"job_id" uuid NOT NULL,
	"from_epoch" integer NOT NULL,
	"created_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "training_attempts_session_id_attempt_pk" PRIMARY KEY("session_id","attempt")
);
--> statement-breakpoint
CREATE TABLE "training_checkpoints" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "training_checkpoints_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"session_id" text NOT NULL,
	"name" text NOT NULL,
	"epoch" integer NOT NULL,
	"sha256" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "artifacts" DROP CONSTRAINT "artifacts_model_name_version_model_versions_model_name_version_fk";
--> statement-breakpoint
ALTER TABLE "model_versions" DROP CONSTRAINT "model_versions_model_name_models_name_fk";
--> statement-breakpoint
ALTER TABLE "datasets" ALTER COLUMN "sha256" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "datasets" ALTER COLUMN "size_bytes" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "datasets" ALTER COLUMN "format" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "datasets" ALTER COLUMN "file_name" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "exit_code" integer;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "gpu_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "gpu_indices" integer[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "gang_id" uuid;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "gang_rank" integer;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "gang_size" integer;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "waiting_for" text;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "kept" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "link_id" uuid;--> statement-breakpoint
ALTER TABLE "datasets" ADD COLUMN "description" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "datasets" ADD COLUMN "tags" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "datasets" ADD COLUMN "latest_version" integer;--> statement-breakpoint
ALTER TABLE "datasets" ADD COLUMN "last_version" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "datasets" ADD COLUMN "version_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "datasets" ADD COLUMN "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "model_versions" ADD COLUMN "dataset_version" integer;--> statement-breakpoint
ALTER TABLE "model_versions" ADD COLUMN "description" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "model_versions" ADD COLUMN "tags" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "model_versions" ADD COLUMN "run_id" text;--> statement-breakpoint
ALTER TABLE "model_versions" ADD COLUMN "code_digest" text;--> statement-breakpoint
ALTER TABLE "model_versions" ADD COLUMN "stage" text DEFAULT 'None' NOT NULL;--> statement-breakpoint
ALTER TABLE "model_versions" ADD COLUMN "logged_model_id" text;--> statement-breakpoint
ALTER TABLE "model_versions" ADD COLUMN "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "models" ADD COLUMN "description" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "models" ADD COLUMN "tags" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "models" ADD COLUMN "latest_version" integer;--> statement-breakpoint
ALTER TABLE "models" ADD COLUMN "last_version" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "models" ADD COLUMN "version_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "models" ADD COLUMN "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "training_runs" ADD COLUMN "code_digest" text;--> statement-breakpoint
ALTER TABLE "job_output" ADD CONSTRAINT "job_output_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "market_bars" ADD CONSTRAINT "market_bars_collection_id_market_collections_id_fk" FOREIGN KEY ("collection_id") REFERENCES "public"."market_collections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "market_features" ADD CONSTRAINT "market_features_collection_id_market_collections_id_fk" FOREIGN KEY ("collection_id") REFERENCES "public"."market_collections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "market_model_errors" ADD CONSTRAINT "market_model_errors_symbol_model_market_models_symbol_model_fk" FOREIGN KEY ("symbol","model") REFERENCES "public"."market_models"("symbol","model") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "market_models" ADD CONSTRAINT "market_models_sha256_blobs_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."blobs"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "market_predictions" ADD CONSTRAINT "market_predictions_symbol_model_market_models_symbol_model_fk" FOREIGN KEY ("symbol","model") REFERENCES "public"."market_models"("symbol","model") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "code_files" ADD CONSTRAINT "code_files_sha256_blobs_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."blobs"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dataset_versions" ADD CONSTRAINT "dataset_versions_dataset_name_datasets_name_fk" FOREIGN KEY ("dataset_name") REFERENCES "public"."datasets"("name") ON DELETE cascade ON UPDATE cascade;--> statement-breakpoint
ALTER TABLE "dataset_versions" ADD CONSTRAINT "dataset_versions_sha256_blobs_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."blobs"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_aliases" ADD CONSTRAINT "model_aliases_model_name_version_model_versions_model_name_version_fk" FOREIGN KEY ("model_name","version") REFERENCES "public"."model_versions"("model_name","version") ON DELETE cascade ON UPDATE cascade;--> statement-breakpoint
ALTER TABLE "script_runs" ADD CONSTRAINT "script_runs_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "logged_models" ADD CONSTRAINT "logged_models_experiment_id_experiments_id_fk" FOREIGN KEY ("experiment_id") REFERENCES "public"."experiments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "logged_models" ADD CONSTRAINT "logged_models_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "metric_series" ADD CONSTRAINT "metric_series_run_id_runs_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("run_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_artifacts" ADD CONSTRAINT "run_artifacts_sha256_blobs_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."blobs"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_experiment_id_experiments_id_fk" FOREIGN KEY ("experiment_id") REFERENCES "public"."experiments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_attempts" ADD CONSTRAINT "training_attempts_session_id_training_runs_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."training_runs"("session_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_attempts" ADD CONSTRAINT "training_attempts_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_checkpoints" ADD CONSTRAINT "training_checkpoints_session_id_training_runs_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."training_runs"("session_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_checkpoints" ADD CONSTRAINT "training_checkpoints_sha256_blobs_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."blobs"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "market_collections_symbol" ON "market_collections" USING btree ("symbol");--> statement-breakpoint
CREATE UNIQUE INDEX "market_collections_current" ON "market_collections" USING btree ("symbol") WHERE is_current;--> statement-breakpoint
CREATE INDEX "market_models_sha256" ON "market_models" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "code_files_sha256" ON "code_files" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "dataset_versions_sha256" ON "dataset_versions" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "uploads_owner" ON "uploads" USING btree ("owner_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "uploads_expiry" ON "uploads" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "script_runs_newest" ON "script_runs" USING btree ("script_name","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "logged_models_newest" ON "logged_models" USING btree ("experiment_id","arrival" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "metric_series_key" ON "metric_series" USING btree ("key");--> statement-breakpoint
CREATE INDEX "run_artifacts_sha256" ON "run_artifacts" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "runs_newest" ON "runs" USING btree ("experiment_id","start_ms" DESC NULLS LAST,"run_id");--> statement-breakpoint
CREATE INDEX "runs_job" ON "runs" USING btree ("job_id");--> statement-breakpoint
CREATE INDEX "training_attempts_job" ON "training_attempts" USING btree ("job_id");--> statement-breakpoint
CREATE INDEX "training_checkpoints_newest" ON "training_checkpoints" USING btree ("session_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "training_checkpoints_sha256" ON "training_checkpoints" USING btree ("sha256");--> statement-breakpoint
ALTER TABLE "artifacts" ADD CONSTRAINT "artifacts_model_name_version_model_versions_model_name_version_fk" FOREIGN KEY ("model_name","version") REFERENCES "public"."model_versions"("model_name","version") ON DELETE cascade ON UPDATE cascade;--> statement-breakpoint
ALTER TABLE "model_versions" ADD CONSTRAINT "model_versions_model_name_models_name_fk" FOREIGN KEY ("model_name") REFERENCES "public"."models"("name") ON DELETE cascade ON UPDATE cascade;--> statement-breakpoint
CREATE UNIQUE INDEX "jobs_gang_members" ON "jobs" USING btree ("gang_id","gang_rank") WHERE gang_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX "datasets_newest" ON "datasets" USING btree ("updated_at" DESC NULLS LAST,"name");--> statement-breakpoint
CREATE INDEX "model_versions_run" ON "model_versions" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "models_newest" ON "models" USING btree ("updated_at" DESC NULLS LAST,"name");--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_gang" CHECK (num_nonnulls(gang_id, gang_rank, gang_size) IN (0, 3));--> statement-breakpoint
-- What was there is carried over: data sets as their first versions, sessions as tracked runs with their metrics.
INSERT INTO "dataset_versions" ("dataset_name", "version", "sha256", "size_bytes", "format", "sample_count", "dimensions", "columns", "file_name", "license", "lineage_kind", "source", "created_by", "created_at")
SELECT "name", 1, "sha256", "size_bytes", "format", "sample_count", "dimensions", "columns", "file_name", "license", CASE WHEN "license" IS NULL THEN 'upload' ELSE 'bundled' END, "source", "created_by", "created_at" FROM "datasets";--> statement-breakpoint
UPDATE "datasets" SET "latest_version" = 1, "last_version" = 1, "version_count" = 1, "updated_at" = "created_at";--> statement-breakpoint
UPDATE "models" SET "latest_version" = "of"."newest", "last_version" = "of"."newest", "version_count" = "of"."versions" FROM (SELECT "model_name", max("version") AS "newest", count(*)::int AS "versions" FROM "model_versions" GROUP BY "model_name") AS "of" WHERE "of"."model_name" = "models"."name";--> statement-breakpoint
UPDATE "jobs" SET "state" = 'finished', "outcome" = 'failed', "finished_at" = now(), "token_hash" = NULL, "lease_expires_at" = NULL, "error" = '{"code": "job.interrupted", "message": "Hearth was updated before this ended. Start it again."}' WHERE "state" <> 'finished' AND "kind" = 'training';--> statement-breakpoint
INSERT INTO "experiments" ("id", "name", "artifact_location", "created_at", "updated_at") VALUES (0, 'Default', 'mlflow-artifacts:/0', now(), now()) ON CONFLICT DO NOTHING;--> statement-breakpoint
INSERT INTO "runs" ("run_id", "experiment_id", "name", "user_id", "status", "start_ms", "end_ms", "artifact_uri", "params", "session_id", "job_id", "created_by", "created_at")
SELECT "of"."run_id", 0, "jobs"."title", coalesce("run"."created_by", ''), CASE "jobs"."outcome" WHEN 'completed' THEN 'FINISHED' WHEN 'stopped' THEN 'KILLED' ELSE 'FAILED' END, (extract(epoch FROM coalesce("jobs"."started_at", "run"."created_at")) * 1000)::bigint, (extract(epoch FROM "jobs"."finished_at") * 1000)::bigint, 'mlflow-artifacts:/0/' || "of"."run_id" || '/artifacts', (SELECT jsonb_object_agg("key", "value" #>> '{}') FROM jsonb_each("run"."config")), "run"."session_id", "run"."job_id", "run"."created_by", "run"."created_at"
FROM "training_runs" AS "run" JOIN "jobs" ON "jobs"."id" = "run"."job_id", LATERAL (SELECT md5("run"."session_id") AS "run_id") AS "of" ORDER BY "run"."created_at";--> statement-breakpoint
INSERT INTO "training_attempts" ("session_id", "attempt", "job_id", "from_epoch", "created_by", "created_at") SELECT "session_id", 1, "job_id", 0, "created_by", "created_at" FROM "training_runs";--> statement-breakpoint
CREATE TEMPORARY TABLE "told" AS
SELECT md5("session_id") AS "run_id", "key", "epoch" AS "step", (extract(epoch FROM "at") * 1000)::bigint AS "at_ms", "value" FROM "training_epochs", LATERAL (VALUES ('loss', "loss"), ('accuracy', "accuracy"), ('val_loss', "val_loss"), ('val_accuracy', "val_accuracy")) AS "of" ("key", "value") WHERE "value" IS NOT NULL
UNION ALL SELECT md5("session_id"), 'step_loss', "step", (extract(epoch FROM "at") * 1000)::bigint, "loss" FROM "training_steps";--> statement-breakpoint
INSERT INTO "metric_series" ("run_id", "key", "points", "first_step", "last_step", "last_at_ms", "last_value", "min_value", "max_value")
SELECT "run_id", "key", count(*), min("step"), max("step"), max("at_ms"), (array_agg("value" ORDER BY "step" DESC))[1], min("value") FILTER (WHERE abs("value") < 'Infinity'::float8), max("value") FILTER (WHERE abs("value") < 'Infinity'::float8) FROM "told" GROUP BY "run_id", "key";--> statement-breakpoint
INSERT INTO "metric_points" ("series_id", "step", "at_ms", "value") SELECT "series"."id", "told"."step", "told"."at_ms", "told"."value" FROM "told" JOIN "metric_series" AS "series" USING ("run_id", "key") ON CONFLICT DO NOTHING;--> statement-breakpoint
DROP TABLE "told";
