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
ALTER TABLE "training_runs" ADD COLUMN "code_digest" text;--> statement-breakpoint
ALTER TABLE "training_attempts" ADD CONSTRAINT "training_attempts_session_id_training_runs_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."training_runs"("session_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_attempts" ADD CONSTRAINT "training_attempts_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_checkpoints" ADD CONSTRAINT "training_checkpoints_session_id_training_runs_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."training_runs"("session_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_checkpoints" ADD CONSTRAINT "training_checkpoints_sha256_blobs_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."blobs"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "training_attempts_job" ON "training_attempts" USING btree ("job_id");--> statement-breakpoint
CREATE INDEX "training_checkpoints_newest" ON "training_checkpoints" USING btree ("session_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "training_checkpoints_sha256" ON "training_checkpoints" USING btree ("sha256");