ALTER TABLE "jobs" ADD COLUMN "mutex" text;--> statement-breakpoint
UPDATE "jobs" SET "mutex" = 'script:' || r."script_name",
  "payload" = "payload" || jsonb_build_object('asked', jsonb_build_object('args', r."args", 'mode', r."mode", 'command', r."command"))
FROM "script_runs" r WHERE r."job_id" = "jobs"."id";--> statement-breakpoint
CREATE UNIQUE INDEX "jobs_mutex" ON "jobs" USING btree ("mutex") WHERE mutex IS NOT NULL AND state <> 'finished';--> statement-breakpoint
CREATE INDEX "jobs_same" ON "jobs" USING btree ("mutex","arrival" DESC NULLS LAST) WHERE mutex IS NOT NULL;--> statement-breakpoint
DROP TABLE "script_runs" CASCADE;
