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
	"code_digest" text NOT NULL
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
ALTER TABLE "datasets" ADD COLUMN "description" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "datasets" ADD COLUMN "tags" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "datasets" ADD COLUMN "latest_version" integer;--> statement-breakpoint
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
ALTER TABLE "models" ADD COLUMN "version_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "models" ADD COLUMN "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "dataset_versions" ADD CONSTRAINT "dataset_versions_dataset_name_datasets_name_fk" FOREIGN KEY ("dataset_name") REFERENCES "public"."datasets"("name") ON DELETE cascade ON UPDATE cascade;--> statement-breakpoint
ALTER TABLE "dataset_versions" ADD CONSTRAINT "dataset_versions_sha256_blobs_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."blobs"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_aliases" ADD CONSTRAINT "model_aliases_model_name_version_model_versions_model_name_version_fk" FOREIGN KEY ("model_name","version") REFERENCES "public"."model_versions"("model_name","version") ON DELETE cascade ON UPDATE cascade;--> statement-breakpoint
ALTER TABLE "script_runs" ADD CONSTRAINT "script_runs_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "dataset_versions_sha256" ON "dataset_versions" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "uploads_owner" ON "uploads" USING btree ("owner_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "uploads_expiry" ON "uploads" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "script_runs_script" ON "script_runs" USING btree ("script_name");--> statement-breakpoint
ALTER TABLE "artifacts" ADD CONSTRAINT "artifacts_model_name_version_model_versions_model_name_version_fk" FOREIGN KEY ("model_name","version") REFERENCES "public"."model_versions"("model_name","version") ON DELETE cascade ON UPDATE cascade;--> statement-breakpoint
ALTER TABLE "model_versions" ADD CONSTRAINT "model_versions_model_name_models_name_fk" FOREIGN KEY ("model_name") REFERENCES "public"."models"("name") ON DELETE cascade ON UPDATE cascade;--> statement-breakpoint
CREATE INDEX "datasets_newest" ON "datasets" USING btree ("updated_at" DESC NULLS LAST,"name");--> statement-breakpoint
CREATE INDEX "model_versions_run" ON "model_versions" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "models_newest" ON "models" USING btree ("updated_at" DESC NULLS LAST,"name");