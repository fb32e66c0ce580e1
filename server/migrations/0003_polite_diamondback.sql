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
ALTER TABLE "metric_buckets" DROP CONSTRAINT "metric_buckets_series_id_bucket_pk";--> statement-breakpoint
ALTER TABLE "metric_buckets" ADD COLUMN "level" smallint NOT NULL;--> statement-breakpoint
ALTER TABLE "metric_buckets" ADD CONSTRAINT "metric_buckets_series_id_level_bucket_pk" PRIMARY KEY("series_id","level","bucket");--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "exit_code" integer;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "gpu_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "gpu_indices" integer[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "gang_id" uuid;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "gang_rank" integer;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "gang_size" integer;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "waiting_for" text;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "kept" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "link_id" uuid;--> statement-breakpoint
ALTER TABLE "job_output" ADD CONSTRAINT "job_output_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "jobs_gang_members" ON "jobs" USING btree ("gang_id","gang_rank") WHERE gang_id IS NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_gang" CHECK (num_nonnulls(gang_id, gang_rank, gang_size) IN (0, 3));