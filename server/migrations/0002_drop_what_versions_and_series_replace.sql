ALTER TABLE "training_epochs" DISABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "training_steps" DISABLE ROW LEVEL SECURITY;--> statement-breakpoint
DROP TABLE "training_epochs" CASCADE;--> statement-breakpoint
DROP TABLE "training_steps" CASCADE;--> statement-breakpoint
ALTER TABLE "datasets" DROP CONSTRAINT "datasets_sha256_blobs_sha256_fk";
--> statement-breakpoint
DROP INDEX "datasets_sha256";--> statement-breakpoint
ALTER TABLE "datasets" DROP COLUMN "sha256";--> statement-breakpoint
ALTER TABLE "datasets" DROP COLUMN "size_bytes";--> statement-breakpoint
ALTER TABLE "datasets" DROP COLUMN "format";--> statement-breakpoint
ALTER TABLE "datasets" DROP COLUMN "sample_count";--> statement-breakpoint
ALTER TABLE "datasets" DROP COLUMN "dimensions";--> statement-breakpoint
ALTER TABLE "datasets" DROP COLUMN "columns";--> statement-breakpoint
ALTER TABLE "datasets" DROP COLUMN "file_name";--> statement-breakpoint
ALTER TABLE "datasets" DROP COLUMN "source";--> statement-breakpoint
ALTER TABLE "datasets" DROP COLUMN "license";--> statement-breakpoint
ALTER TABLE "datasets" DROP COLUMN "created_by";