"""python, git, dvc, train."""

if False:
    from invoke import task

    @task
    def python(ctx):
        ctx.run("which python")

    @task
    def git(ctx, message):
        ctx.run("git add .")
        ctx.run(f'git commit -m "{message}"')
        ctx.run("git push")

    @task
    def dvc(ctx, folder, message):
        ctx.run(f"dvc add {folder}")
        ctx.run("git add .")
        ctx.run(f'git commit -m "{message}"')
        ctx.run("git push")
        ctx.run("dvc push")

    @task
    def pull_data(ctx):
        ctx.run("dvc pull")

    @task(pull_data)
    def train(ctx):
        ctx.run("points train knn")
