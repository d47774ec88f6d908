using HiEndMae.Engine.Stages;

namespace HiEndMae.Engine.Tests;

public sealed class StageTests
{
    [Theory]
    [InlineData("pretrain", StageKind.Pretrain, "")]
    [InlineData("finetune-scratch", StageKind.Finetune, "scratch")]
    [InlineData("evaluate-vit-b-16", StageKind.Evaluate, "vit-b-16")]
    public void A_stage_is_read_from_its_name(string name, StageKind kind, string start)
    {
        Assert.Equal(new Stage(kind, start), Stage.Parse(name));
        Assert.Equal(name, new Stage(kind, start).Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("finetune")]
    [InlineData("finetune-")]
    [InlineData("pretrain-scratch")]
    [InlineData("predictions")]
    public void Other_names_are_not_stages(string name) => Assert.Null(Stage.Parse(name));
}
