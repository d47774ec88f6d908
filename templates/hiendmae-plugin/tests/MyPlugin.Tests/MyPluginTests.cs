namespace MyPlugin.Tests;

public sealed class MyPluginTests
{
    [Fact]
    public void The_head_keeps_the_contract() => ComponentConformance.Check(new MyPluginConfig { Dropout = 0.1 });
}
